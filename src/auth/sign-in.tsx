import { Hono, type Context } from "hono";
import { z } from "zod";
import type { DomainError } from "../errors";
import {
  askForPasskey,
  askToSignInByPasskey,
  auditedDatabase,
  emailAddress,
  endSession,
  findSession,
  passkeyResponse,
  readSecondStep,
  signInByPasskey,
  signInByPassword,
  takeSecondStep,
  type FactorProof,
  type PasskeyResponse,
} from "../identity";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { secondFactors } from "../ui/strings/second-factors";
import {
  destinationOf,
  forgetSession,
  formOf,
  placeOf,
  relyingPartyHere,
  sessionTokenIn,
  signedIn,
  ticketIn,
  toSecondStep,
  type AuthEnv,
} from "./request";
import { SecondStepPage } from "./second-step-page";
import { SignInPage } from "./sign-in-page";

const byPassword = z.object({ email: z.string().max(300), password: z.string().max(1_000) });
const code = z.string().min(1).max(40);

/** The pages of a sign-in. Each form names one way; what is refused is shown on the same page. */
export function signInRoutes() {
  return new Hono<AuthEnv>()
    .get("/sign-in", (c) => signInPage(c, { headers: destinationOf(c) }))
    .post("/sign-in", async (c) => {
      const sent = byPassword.safeParse(await formOf(c));
      const email = emailAddress.safeParse(sent.data?.email);
      if (!sent.success || !email.success) return signInPage(c, { email: sent.data?.email, error: WRONG });
      const { deps } = c.var;
      const input = { email: email.data, password: sent.data.password };
      const first = await signInByPassword(deps, input, relyingPartyHere(c), placeOf(c), deps.now());
      if (!first.ok) return signInPage(c, { email: sent.data.email, error: first.error });
      return "token" in first.value ? signedIn(c, first.value.token) : toSecondStep(c, first.value.ticket);
    })
    .post("/sign-in/passkey-options", async (c) => {
      const here = relyingPartyHere(c);
      if (!here) return c.notFound();
      const asked = await askToSignInByPasskey(c.var.deps, here, placeOf(c), c.var.deps.now());
      c.header("cache-control", "no-store");
      return asked.ok ? c.json(asked.value) : c.json({ error: asked.error.kind }, 429);
    })
    .post("/sign-in/passkey", async (c) => {
      const [here, passkey] = [relyingPartyHere(c), passkeyIn(await formOf(c))];
      if (!here || !passkey) return signInPage(c, { error: WRONG_PASSKEY });
      const signed = await signInByPasskey(c.var.deps, passkey, here, placeOf(c), c.var.deps.now());
      return signed.ok ? signedIn(c, signed.value.token) : signInPage(c, { error: WRONG_PASSKEY });
    })
    .get("/sign-in/second-step", (c) => secondStepPage(c))
    .post("/sign-in/second-step/passkey-options", async (c) => {
      const [here, step] = [relyingPartyHere(c), await stepOf(c)];
      if (!here || !step) return c.notFound();
      const use = { purpose: "second_step", userId: step.userId } as const;
      c.header("cache-control", "no-store");
      return c.json(await askForPasskey(c.var.deps, use, here, c.var.deps.now()));
    })
    .post("/sign-in/second-step", async (c) => {
      const proof = proofIn(await formOf(c));
      if (!proof) return secondStepPage(c, WRONG);
      const { deps } = c.var;
      const taken = { ticket: ticketIn(c) ?? "", proof };
      const second = await takeSecondStep(deps, taken, relyingPartyHere(c), placeOf(c), deps.now());
      if (second.ok) return signedIn(c, second.value.token);
      return secondStepPage(c, "passkey" in proof ? WRONG_PASSKEY : second.error);
    })
    .post("/sign-out", async (c) => {
      const { db, now } = c.var.deps;
      const found = await findSession(db, sessionTokenIn(c) ?? "", now());
      if (found) {
        const act = { actor: { kind: "user", id: found.user.id }, now: now(), address: placeOf(c).address } as const;
        await endSession({ db: auditedDatabase(db, act) }, { userId: found.user.id, id: found.session.id });
      }
      forgetSession(c);
      return c.redirect("/sign-in", 303);
    });
}

type Refusal = DomainError | typeof WRONG_PASSKEY;
const WRONG: DomainError = { kind: "unauthenticated", message: "" };
const WRONG_PASSKEY = { kind: "passkey" } as const;

type Shown = { email?: string; error?: Refusal; headers?: Record<string, string> };

function signInPage(c: Context<AuthEnv>, { email, error, headers }: Shown = {}) {
  const wrong = error && reasonOf(c, error, "wrongPassword");
  const passkeys = relyingPartyHere(c) !== undefined;
  return pageAnswer(<SignInPage view={c.var.view} email={email} wrong={wrong} passkeys={passkeys} />, statusOf(error), {
    ...headers,
    ...waitOf(error),
  });
}

async function secondStepPage(c: Context<AuthEnv>, error?: Refusal): Promise<Response> {
  const step = await stepOf(c);
  if (!step) {
    const words = wordsOf(secondFactors, c.var.view.language);
    const passkeys = relyingPartyHere(c) !== undefined;
    return pageAnswer(<SignInPage view={c.var.view} wrong={words.stepOver} passkeys={passkeys} />, 401);
  }
  const wrong = error && reasonOf(c, error, "wrongCode");
  return pageAnswer(
    <SecondStepPage view={c.var.view} factors={step.factors} wrong={wrong} />,
    statusOf(error),
    waitOf(error),
  );
}

function stepOf(c: Context<AuthEnv>) {
  return readSecondStep(c.var.deps, ticketIn(c) ?? "", relyingPartyHere(c), c.var.deps.now());
}

function reasonOf(c: Context<AuthEnv>, error: Refusal, wrong: "wrongPassword" | "wrongCode"): string {
  const words = wordsOf(secondFactors, c.var.view.language);
  switch (error.kind) {
    case "too_many":
      return words.tooMany(Math.ceil(error.retryAfter / 60));
    case "passkey":
      return words.wrongPasskey;
    case "forbidden":
      return words.noOrganization;
    default:
      return words[wrong];
  }
}

function statusOf(error: Refusal | undefined): number {
  if (!error) return 200;
  return error.kind === "too_many" ? 429 : error.kind === "forbidden" ? 403 : 401;
}

function waitOf(error: Refusal | undefined): Record<string, string> {
  return error?.kind === "too_many" ? { "retry-after": String(error.retryAfter) } : {};
}

function passkeyIn({ passkey }: Record<string, unknown>): PasskeyResponse | undefined {
  try {
    return passkeyResponse.safeParse(JSON.parse(String(passkey))).data;
  } catch {
    return undefined;
  }
}

function proofIn(form: Record<string, unknown>): FactorProof | undefined {
  const totp = code.safeParse(form.code);
  if (totp.success) return { totp: totp.data };
  const recovery = code.safeParse(form.recovery_code);
  if (recovery.success) return { recoveryCode: recovery.data };
  const passkey = passkeyIn(form);
  return passkey && { passkey };
}
