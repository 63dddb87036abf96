import { z } from "zod";
import {
  ALGORITHMS,
  type Algorithm,
  type TokenIssuerInput,
  type TokenIssuerRow,
  type TokenRule,
} from "../../../identity";
import type { FieldErrors } from "../../../ui/components/form";
import { differing, type Difference } from "../../../ui/components/stale";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import type { Fields } from "../../forms";
import { limitErrors } from "../people/limits";
import { rightsIn, NO_RIGHTS, type RightsForm } from "../rights-fields";

type IssuerWords = Words<typeof tokenIssuerWords>;
type IssuerInput = Omit<TokenIssuerInput, "audience" | "rules"> & { audience?: string };
type Checked<T> = { input: T } | { errors: FieldErrors };

/** The form of an issuer as it was sent, to be shown again. */
export type IssuerForm = {
  name: string;
  issuer: string;
  jwks_url: string;
  audience: string;
  algorithms: readonly string[];
};

/** The form of a rule. */
export type RuleForm = RightsForm & {
  claim: string;
  value: string;
  campaigns: readonly string[] | null;
  /** The campaigns that are ticked, also where the rule is said to be for all. */
  ticked: readonly string[];
};

export const NEW_ISSUER: IssuerForm = { name: "", issuer: "", jwks_url: "", audience: "", algorithms: ["RS256"] };
export const NEW_RULE: RuleForm = { ...NO_RIGHTS, rights: "viewer", claim: "", value: "", campaigns: null, ticked: [] };

const name = z.string().trim().min(1).max(200);
const text = z.string().min(1).max(500);
const url = z.string().trim().min(1).max(2_000);
const short = z.string().min(1).max(200);

export function readIssuerForm(form: Fields): IssuerForm {
  return {
    name: form.text("name").slice(0, 300),
    issuer: form.text("issuer").trim().slice(0, 600),
    jwks_url: form.text("jwks_url").trim().slice(0, 2_100),
    audience: form.text("audience").trim().slice(0, 600),
    algorithms: form.all("algorithm"),
  };
}

export function formOfIssuer({ name: named, issuer, keysUrl, audience, algorithms }: TokenIssuerRow): IssuerForm {
  return { name: named, issuer, jwks_url: keysUrl, audience, algorithms };
}

/** Where what is stored of an issuer and what somebody entered are not the same. */
export function differencesOf(
  words: IssuerWords,
  { stored, entered }: { stored: IssuerForm; entered: IssuerForm },
): readonly Difference[] {
  const of = (label: string, valueIn: (form: IssuerForm) => string) => ({
    label,
    stored: valueIn(stored),
    entered: valueIn(entered),
  });
  return differing([
    of(words.name, (form) => form.name),
    of(words.issuer, (form) => form.issuer),
    of(words.url, (form) => form.jwks_url),
    of(words.audience, (form) => form.audience),
    of(words.algorithms, (form) => ALGORITHMS.filter((one) => form.algorithms.includes(one)).join(", ")),
  ]);
}

/** What may be saved of an issuer, or what is wrong with the form. Without an audience it is the organization's own. */
export function issuerIn(form: IssuerForm, words: IssuerWords): Checked<IssuerInput> {
  const errors: { field: string; message: string }[] = [];
  const check = (schema: z.ZodString, field: keyof IssuerForm, message: string) => {
    const parsed = schema.safeParse(form[field]);
    if (!parsed.success) errors.push({ field, message });
    return parsed.data ?? "";
  };
  const checked = {
    name: check(name, "name", words.nameNeeded),
    issuer: check(text, "issuer", words.issuerNeeded),
    keysUrl: check(url, "jwks_url", words.urlNeeded),
    ...(form.audience === "" ? {} : { audience: check(text, "audience", words.audienceLong) }),
    algorithms: ALGORITHMS.filter((one): one is Algorithm => form.algorithms.includes(one)),
  };
  if (checked.algorithms.length === 0) errors.push({ field: "algorithm", message: words.algorithmNeeded });
  return errors.length > 0 ? { errors } : { input: checked };
}

/** The rule that a form asks for, or what is wrong with it. */
export function ruleIn(form: RuleForm, view: View): Checked<TokenRule> {
  const words = wordsOf(tokenIssuerWords, view.language);
  const ticked = { campaigns: form.ticked, teams: [] };
  const errors = [...limitErrors(view, { campaigns: form.campaigns, ticked })];
  if (!short.safeParse(form.claim).success) errors.push({ field: "claim", message: words.claimNeeded });
  if (!short.safeParse(form.value).success) errors.push({ field: "value", message: words.valueNeeded });
  const { role, scopes } = rightsIn(form);
  if (scopes?.length === 0) errors.push({ field: "rights", message: words.rightsNeeded });
  if (form.campaigns?.length === 0) errors.push({ field: "campaigns-limit", message: words.campaignsNeeded });
  if (errors.length > 0) return { errors };
  return {
    input: { claim: form.claim, value: form.value, scopes, role, campaigns: form.campaigns && [...form.campaigns] },
  };
}
