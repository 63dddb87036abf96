import { Hono, type Context } from "hono";
import { z } from "zod";
import { listCampaigns } from "../../../campaigns";
import type { DomainError } from "../../../errors";
import {
  createTokenIssuer,
  deleteTokenIssuer,
  listTokenIssuers,
  MAX_ISSUERS,
  may,
  readTokenIssuer,
  tryToken,
  updateTokenIssuer,
  type TokenIssuerInput,
  type TokenRule,
} from "../../../identity";
import type { FieldErrors } from "../../../ui/components/form";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { refusalText } from "../../../ui/strings/refusals";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import { actOf, writingDeps, type DashboardEnv } from "../../deps";
import { fieldErrorsFrom, type Fields, needs, ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer, refusedAnswer } from "../../message-page";
import { limitIn, ticksIn } from "../people/limits";
import { TOKEN_ISSUERS } from "./address";
import {
  differencesOf,
  formOfIssuer,
  issuerIn,
  NEW_ISSUER,
  readIssuerForm,
  ruleIn,
  type IssuerForm,
  type RuleForm,
} from "./form";
import { RemoveIssuerPage, TokenIssuerPage, type IssuerShown } from "./issuer-page";
import { TokenIssuerListPage } from "./list-page";
import { NewTokenIssuerPage } from "./new-page";
import { rulesText } from "./rules-panel";

type IssuerContext = Context<DashboardEnv>;

const HERE = "/settings/token-issuers";
const MOST_CAMPAIGNS = 200;
const token = z.string().trim().min(1).max(20_000);
const whole = z.coerce.number().int().min(0).catch(-1);

/** `/dashboard/settings/token-issuers` */
export function tokenIssuerRoutes() {
  const routes = new Hono<DashboardEnv>();
  routes.use(HERE, needs("tokens:read"));
  routes.use(`${HERE}/*`, needs("tokens:read"));

  routes.get(HERE, async (c) => {
    const { deps, view, visitor } = c.var;
    const [issuers, state] = await Promise.all([
      listTokenIssuers(deps.db, { organizationId: visitor.caller.organizationId, limit: MAX_ISSUERS }),
      readWhole(deps.db, visitor),
    ]);
    const words = wordsOf(tokenIssuerWords, view.language);
    return pageAnswer(
      <TokenIssuerListPage
        view={view}
        frame={frameOf(view, visitor, state)}
        caller={visitor.caller}
        issuers={issuers}
        mayWrite={may(visitor.caller, "tokens:write")}
        toast={c.req.query("done") === "removed" && <Toast>{words.removedDone}</Toast>}
      />,
    );
  });

  routes.get(`${HERE}/new`, needs("tokens:write"), (c) => newAnswer(c, NEW_ISSUER, []));

  routes.post(HERE, async (c) => {
    const sent = await ownForm(c, "tokens:write");
    if (sent instanceof Response) return sent;
    const form = readIssuerForm(sent);
    const wanted = issuerIn(form, wordsOf(tokenIssuerWords, c.var.view.language));
    if ("errors" in wanted) return newAnswer(c, form, wanted.errors);
    const { caller } = c.var.visitor;
    const input = { ...wanted.input, organizationId: caller.organizationId };
    const made = await createTokenIssuer(writingDeps(c), input, caller, actOf(c));
    if (made.ok) return c.redirect(`${TOKEN_ISSUERS}/${made.value.issuer.id}?done=created`, 303);
    return newAnswer(c, form, fieldErrorsFrom(c.var.view, made.error, "audience"));
  });

  routes.get(`${HERE}/:id`, (c) => oneAnswer(c));

  routes.post(`${HERE}/:id`, async (c) => {
    const sent = await ownForm(c, "tokens:write");
    if (sent instanceof Response) return sent;
    const form = readIssuerForm(sent);
    const [words, seen] = [wordsOf(tokenIssuerWords, c.var.view.language), sent.text("seen")];
    const wanted = issuerIn(form, words);
    if ("errors" in wanted) return oneAnswer(c, { settings: { form, errors: wanted.errors, seen } });
    const found = await readTokenIssuer(c.var.plain.db, targetOf(c));
    if (!found.ok) return noIssuer(c);
    const { issuer } = found.value;
    if (seen !== String(issuer.version)) {
      const differences = differencesOf(words, { stored: formOfIssuer(issuer), entered: form });
      return oneAnswer(c, { settings: { form, differences } });
    }
    const changed = await change(c, sent, wanted.input);
    if (changed.ok) return done(c, "saved");
    if (changed.error.kind === "not_found") return noIssuer(c);
    return oneAnswer(c, { settings: { form, errors: fieldErrorsFrom(c.var.view, changed.error, "audience"), seen } });
  });

  routes.post(`${HERE}/:id/rules`, async (c) => {
    const sent = await ownForm(c, "tokens:write");
    if (sent instanceof Response) return sent;
    const form = readRuleForm(sent);
    const [words, seen] = [wordsOf(tokenIssuerWords, c.var.view.language), sent.text("seen")];
    const wanted = ruleIn(form, c.var.view);
    if ("errors" in wanted) return oneAnswer(c, { rule: { form, errors: wanted.errors, seen } });
    const [found, campaigns] = await Promise.all([readTokenIssuer(c.var.plain.db, targetOf(c)), campaignsFor(c)]);
    if (!found.ok) return noIssuer(c);
    const { rules, version } = found.value.issuer;
    if (seen !== String(version)) {
      const inWords = (some: readonly TokenRule[]) => rulesText(c.var.view, some, campaigns);
      const differences = [{ label: words.rules, stored: inWords(rules), entered: inWords([wanted.input]) }];
      return oneAnswer(c, { rule: { form, differences } });
    }
    const changed = await change(c, sent, { rules: [...rules, wanted.input] });
    if (changed.ok) return done(c, "rule-added");
    return oneAnswer(c, { rule: { form, errors: ruleErrors(c, changed.error), seen } });
  });

  routes.post(`${HERE}/:id/rules/remove`, async (c) => {
    const sent = await ownForm(c, "tokens:write");
    if (sent instanceof Response) return sent;
    const found = await readTokenIssuer(c.var.plain.db, targetOf(c));
    if (!found.ok) return noIssuer(c);
    const index = whole.parse(sent.text("rule"));
    const changed = await change(c, sent, { rules: found.value.issuer.rules.filter((_, at) => at !== index) });
    return changed.ok ? done(c, "rule-removed") : refusal(c, changed.error);
  });

  routes.post(`${HERE}/:id/try`, async (c) => {
    const sent = await ownForm(c, "tokens:read");
    if (sent instanceof Response) return sent;
    const pasted = token.safeParse(sent.text("token"));
    const words = wordsOf(tokenIssuerWords, c.var.view.language);
    if (!pasted.success) return oneAnswer(c, { token: [{ field: "token", message: words.tokenNeeded }] });
    const tried = await tryToken(c.var.plain, targetOf(c), pasted.data);
    return tried.ok ? oneAnswer(c, { tried: tried.value }) : noIssuer(c);
  });

  routes.get(`${HERE}/:id/remove`, needs("tokens:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, state] = await Promise.all([readTokenIssuer(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!found.ok) return noIssuer(c);
    const frame = frameOf(view, visitor, state);
    return pageAnswer(<RemoveIssuerPage view={view} frame={frame} caller={visitor.caller} found={found.value} />);
  });

  routes.post(`${HERE}/:id/remove`, async (c) => {
    const sent = await ownForm(c, "tokens:write");
    if (sent instanceof Response) return sent;
    const removed = await deleteTokenIssuer(writingDeps(c), targetOf(c), actOf(c));
    return removed.ok ? c.redirect(`${TOKEN_ISSUERS}?done=removed`, 303) : noIssuer(c);
  });

  return routes;
}

async function newAnswer(c: IssuerContext, form: IssuerForm, errors: FieldErrors): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  return pageAnswer(
    <NewTokenIssuerPage view={view} frame={frame} caller={visitor.caller} form={form} errors={errors} />,
    errors.length > 0 ? 422 : 200,
  );
}

/** The campaigns that a rule may be limited to, as far as the visitor may know them. */
function campaignsFor(c: IssuerContext) {
  const { deps, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  return may(visitor.caller, "campaigns:read")
    ? listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS })
    : Promise.resolve([]);
}

async function oneAnswer(c: IssuerContext, shown: IssuerShown = {}): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { caller } = visitor;
  const [found, campaigns, state] = await Promise.all([
    readTokenIssuer(deps.db, targetOf(c)),
    campaignsFor(c),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return noIssuer(c);
  const isStale = (shown.settings ?? shown.rule)?.differences !== undefined;
  const isWrong = (shown.settings ?? shown.rule) !== undefined || shown.token !== undefined;
  return pageAnswer(
    <TokenIssuerPage
      view={view}
      frame={frameOf(view, visitor, state)}
      caller={caller}
      found={found.value}
      campaigns={campaigns}
      mayWrite={may(caller, "tokens:write")}
      shown={shown}
      toast={toastOf(c)}
    />,
    isStale ? 409 : isWrong ? 422 : 200,
  );
}

function toastOf(c: IssuerContext) {
  const words = wordsOf(tokenIssuerWords, c.var.view.language);
  const known = new Map([
    ["created", words.created],
    ["saved", words.saved],
    ["rule-added", words.ruleAdded],
    ["rule-removed", words.ruleRemoved],
  ]);
  const text = known.get(c.req.query("done") ?? "");
  return text !== undefined && <Toast>{text}</Toast>;
}

/** A change of what the form showed; what somebody else changed meanwhile is a conflict. */
function change(c: IssuerContext, sent: Fields, changes: Partial<TokenIssuerInput>) {
  const target = { ...targetOf(c), seen: whole.parse(sent.text("seen")) };
  return updateTokenIssuer(writingDeps(c), target, changes, c.var.visitor.caller, actOf(c));
}

function readRuleForm(sent: Fields): RuleForm {
  const limits = { "campaigns-limit": sent.text("campaigns-limit"), campaigns: sent.all("campaigns") };
  return {
    claim: sent.text("claim").trim().slice(0, 300),
    value: sent.text("value").trim().slice(0, 300),
    rights: sent.text("rights"),
    scopes: sent.all("scope"),
    campaigns: limitIn(limits, "campaigns"),
    ticked: ticksIn(limits, "campaigns"),
  };
}

/** A rule that names campaigns is refused for them, every other one for its rights. */
function ruleErrors(c: IssuerContext, error: DomainError): FieldErrors {
  const errors = fieldErrorsFrom(c.var.view, error, "rights");
  return errors.map(({ field, message }) => ({
    field: field === "rules" ? "campaigns-limit" : field.startsWith("rules.") ? "rights" : field,
    message,
  }));
}

function targetOf(c: IssuerContext) {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function done(c: IssuerContext, what: string): Response {
  return c.redirect(`${TOKEN_ISSUERS}/${c.req.param("id")}?done=${what}`, 303);
}

function refusal(c: IssuerContext, error: DomainError): Promise<Response> {
  if (error.kind === "not_found") return noIssuer(c);
  const { view } = c.var;
  return refusedAnswer(view, refusalText(error, view.language), `${TOKEN_ISSUERS}/${c.req.param("id")}`);
}

function noIssuer(c: IssuerContext): Promise<Response> {
  const { goneTitle: title, gone: text, back: link } = wordsOf(tokenIssuerWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: TOKEN_ISSUERS });
}
