import type { DomainError } from "../../errors";
import { confirmPerson, factorStateOf, passkeyResponse, type Confirmation } from "../../identity";
import { keepForm, type KeptForm } from "../../ui/kept-form";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { keptWords } from "../../ui/strings/kept";
import { refusalText } from "../../ui/strings/refusals";
import { ConfirmationPage } from "./page";
import { relyingPartyHere, renewSession, writingDeps, type PageContext } from "../deps";

/**
 * What a sensitive act answers while its person has not proved lately who they are: a page that asks for it and goes on
 * with the form of this request. Undefined where they have.
 */
export async function askToConfirm(c: PageContext): Promise<Response | undefined> {
  const { visitor, view } = c.var;
  if (visitor.confirmed) return undefined;
  if (c.req.method === "GET") return confirmationAnswer(c, "page");
  return confirmationAnswer(c, keepForm(view.path, visitor.organization.id, await c.req.formData()));
}

/**
 * Takes the proof that a form brings along from the confirmation page. The request goes on then as what it is; where the
 * proof is wrong, the page asks again.
 */
export async function takeConfirmation(c: PageContext, form: FormData): Promise<Response | undefined> {
  const sent = proofIn(form);
  if (sent === undefined) return undefined;
  const { visitor, view, plain } = c.var;
  const isPage = form.get("confirm_then") === "page";
  const kept = isPage ? "page" : keepForm(view.path, visitor.organization.id, form);
  if (sent === "none") return confirmationAnswer(c, kept, "none");
  const input = { userId: visitor.session.userId, sent, address: c.req.header("cf-connecting-ip") ?? null };
  const proven = await confirmPerson(writingDeps(c), input, relyingPartyHere(c), plain.now());
  if (!proven.ok) return confirmationAnswer(c, kept, { sent, error: proven.error });
  c.set("formToken", visitor.csrf);
  const renewed = await renewSession(c);
  if (!renewed.ok) return confirmationAnswer(c, kept, { sent, error: renewed.error });
  return isPage ? new Response(null, { status: 303, headers: { location: view.path } }) : undefined;
}

type Refused = { sent: Confirmation; error: DomainError } | "none";

async function confirmationAnswer(c: PageContext, kept: KeptForm | "page", refused?: Refused): Promise<Response> {
  const { visitor, view, plain } = c.var;
  const state = await factorStateOf(plain.db, visitor.session.userId, relyingPartyHere(c)?.id);
  const page = (
    <ConfirmationPage
      view={view}
      kept={kept}
      csrf={visitor.csrf}
      has={{ app: state.totp, passkey: state.passkeys > 0 }}
      wrong={refused && reasonOf(c, refused)}
    />
  );
  const error = refused === undefined || refused === "none" ? undefined : refused.error;
  const wait: HeadersInit = error?.kind === "too_many" ? { "retry-after": String(error.retryAfter) } : {};
  return pageAnswer(page, error?.kind === "too_many" ? 429 : 403, wait);
}

function reasonOf({ var: { view } }: PageContext, refused: Refused): string {
  const words = wordsOf(keptWords, view.language);
  if (refused === "none") return words.wrongPasskey;
  const { sent, error } = refused;
  if (error.kind !== "unauthenticated") return refusalText(error, view.language);
  if ("password" in sent) return words.wrongPassword;
  return "code" in sent ? words.wrongCode : words.wrongPasskey;
}

/** What the form proves its person with; "none" for a proof that cannot be read, undefined where it brings none. */
function proofIn(form: FormData): Confirmation | "none" | undefined {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const [password, code, passkey] = ["confirm_password", "confirm_code", "confirm_passkey"].map(text);
  if (password !== undefined) return { password: password.slice(0, 1_000) };
  if (code !== undefined) return { code: code.slice(0, 40) };
  if (passkey === undefined) return undefined;
  try {
    const read = passkeyResponse.safeParse(JSON.parse(passkey));
    return read.success ? { passkey: read.data } : "none";
  } catch {
    return "none";
  }
}
