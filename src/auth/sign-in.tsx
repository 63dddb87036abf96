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
  type SecondFactor,
} from "../identity";
import { KeptForLater } from "../ui/components/kept-fields";
import { readKeptForm, type KeptForm } from "../ui/kept-form";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { secondFactors } from "../ui/strings/second-factors";
import { actOf, placeOf } from "./act";
import {
  browserIn,
  destinationOf,
  forgetSession,
  formOf,
  relyingPartyHere,
  sessionTokenIn,
  signedIn,
  ticketCookie,
  ticketIn,
  type AuthEnv,
} from "./request";
import { resumeAnswer } from "./resume-page";
import { SecondStepPage } from "./second-step-page";
import { SignInPage } from "./sign-in-page";

const byPassword = z.object({ email: z.string().max(300), password: z.string().max(1_000) });
const code = z.string().min(1).max(40);

/** The pages of a sign-in. Each form names one way; what is refused is shown on the same page. */
export function signInRoutes() {
  return new Hono<AuthEnv>()
    .get("/sign-in", (c) => signInPage(c, { headers: destinationOf(c) }))
    .post("/sign-in", async (c) => {
      const form = await formOf(c);
      const kept = readKeptForm(form.kept);
      const sent = byPassword.safeParse(form);
      const email = emailAddress.safeParse(sent.data?.email);
      if (!sent.success || !email.success) return signInPage(c, { email: sent.data?.email, error: WRONG, kept });
      const { deps } = c.var;
      const input = { email: email.data, password: sent.data.password, browser: browserIn(c) };
      const first = await signInByPassword(deps, input, relyingPartyHere(c), placeOf(c), deps.now());
      if (!first.ok) return signInPage(c, { email: sent.data.email, error: first.error, kept });
      if ("token" in first.value) return signedIn(c, first.value.token, kept);
      const cookie = { "set-cookie": ticketCookie(first.value.ticket) };
      // What is kept has no place in an address, so this page is the answer and not where it leads.
      if (kept) return secondStepPage(c, first.value, { kept, headers: cookie });
      const location = "/sign-in/second-step";
      return new Response(null, { status: 303, headers: { location, "cache-control": "no-store", ...cookie } });
    })
    .post("/sign-in/kept", async (c) => {
      const { deps } = c.var;
      const kept = readKeptForm((await formOf(c)).kept);
      const session = await findSession(deps.db, sessionTokenIn(c) ?? "", deps.now());
      return kept && session ? resumeAnswer(c, session, kept) : signInPage(c, { kept });
    })
    .post("/sign-in/passkey-options", async (c) => {
      const here = relyingPartyHere(c);
      if (!here) return c.notFound();
      const asked = await askToSignInByPasskey(c.var.deps, here, placeOf(c), c.var.deps.now());
      c.header("cache-control", "no-store");
      return asked.ok ? c.json(asked.value) : c.json({ error: asked.error.kind }, 429);
    })
    .post("/sign-in/passkey", async (c) => {
      const form = await formOf(c);
      const [here, passkey, kept] = [relyingPartyHere(c), passkeyIn(form), readKeptForm(form.kept)];
      if (!here || !passkey) return signInPage(c, { error: WRONG_PASSKEY, kept });
      const signed = await signInByPasskey(c.var.deps, passkey, here, placeOf(c), c.var.deps.now());
      return signed.ok ? signedIn(c, signed.value.token, kept) : signInPage(c, { error: WRONG_PASSKEY, kept });
    })
    .get("/sign-in/second-step", async (c) => {
      const step = await stepOf(c);
      return step ? secondStepPage(c, step) : signInPage(c, { error: STEP_OVER });
    })
    .post("/sign-in/second-step/passkey-options", async (c) => {
      const [here, step] = [relyingPartyHere(c), await stepOf(c)];
      if (!here || !step) return c.notFound();
      const use = { purpose: "second_step", userId: step.userId } as const;
      c.header("cache-control", "no-store");
      return c.json(await askForPasskey(c.var.deps, use, here, c.var.deps.now()));
    })
    .post("/sign-in/second-step", async (c) => {
      const { deps } = c.var;
      const form = await formOf(c);
      const [kept, proof, step] = [readKeptForm(form.kept), proofIn(form), await stepOf(c)];
      if (!step) return signInPage(c, { error: STEP_OVER, kept });
      if (!proof) return secondStepPage(c, step, { error: WRONG, kept });
      const taken = { ticket: ticketIn(c) ?? "", proof };
      const second = await takeSecondStep(deps, taken, relyingPartyHere(c), placeOf(c), deps.now());
      if (second.ok) return signedIn(c, second.value.token, kept);
      return secondStepPage(c, step, { error: "passkey" in proof ? WRONG_PASSKEY : second.error, kept });
    })
    .post("/sign-out", async (c) => {
      const { db, now } = c.var.deps;
      const found = await findSession(db, sessionTokenIn(c) ?? "", now());
      if (found) {
        const act = actOf(c, found.user.id);
        await endSession({ db: auditedDatabase(db, act) }, { userId: found.user.id, id: found.session.id });
      }
      forgetSession(c);
      return c.redirect("/sign-in", 303);
    });
}

type Refusal = DomainError | typeof WRONG_PASSKEY | typeof STEP_OVER;
const WRONG: DomainError = { kind: "unauthenticated", message: "" };
const WRONG_PASSKEY = { kind: "passkey" } as const;
const STEP_OVER = { kind: "step_over" } as const;

/** What a page of the sign-in is shown with: why the last try was refused, and the form that waits for its end. */
type Shown = { error?: Refusal; kept?: KeptForm; headers?: Record<string, string> };

function signInPage(c: Context<AuthEnv>, { email, error, kept, headers }: Shown & { email?: string } = {}) {
  const page = (
    <SignInPage
      view={c.var.view}
      hidden={<KeptForLater kept={kept} />}
      email={email}
      wrong={error && reasonOf(c, error, "wrongPassword")}
      passkeys={relyingPartyHere(c) !== undefined}
    />
  );
  return pageAnswer(page, statusOf(error), { ...headers, ...waitOf(error) });
}

function secondStepPage(
  c: Context<AuthEnv>,
  { factors }: { factors: readonly SecondFactor[] },
  { error, kept, headers }: Shown = {},
): Promise<Response> {
  const page = (
    <SecondStepPage
      view={c.var.view}
      hidden={<KeptForLater kept={kept} />}
      factors={factors}
      wrong={error && reasonOf(c, error, "wrongCode")}
    />
  );
  return pageAnswer(page, statusOf(error), { ...headers, ...waitOf(error) });
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
    case "step_over":
      return words.stepOver;
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
