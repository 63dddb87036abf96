import { and, eq } from "drizzle-orm";
import type { Database } from "../../db/client";
import { users } from "../../db/schema";
import type { DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { auditedDatabase } from "../audit";
import { recordFailedProof } from "../failed-proofs";
import {
  askForPasskey,
  closeSecondStep,
  factorStateOf,
  openSecondStep,
  ownerOfPasskey,
  proveFactor,
  provePasskey,
  secondFactorsIn,
  userOfSecondStep,
  type FactorProof,
  type PasskeyResponse,
  type RelyingParty,
  type SecondFactor,
} from "../second-factors";
import { hashPassword, isPassword, isWeaklyHashed } from "./password";
import { openSession, type Strength } from "./sessions";
import { rememberedBrowser } from "./remembered-browser";
import { countAttempt, countedFor, countedForBrowser, forgetAttempts, type Counted } from "./sign-in-attempts";
import { findUser } from "./users";

type SignInDeps = { db: Database; masterKeys: MasterKeys };

/** The browser and place that a sign-in comes from. */
export type Place = { address: string | null; userAgent: string | null; requestId?: string };

/** A sign-in is either done, with the token of its session, or asks for a second step, with a ticket for it. */
export type SignIn = { token: string } | { ticket: string; factors: SecondFactor[] };

/** `browser`: its cookie, where it shows one of a sign-in before (remembered-browser.ts). */
type ByPassword = { email: string; password: string; browser?: string };

/** Signs in by password. Tries are counted first, and an unknown account costs the same hash. */
export async function signInByPassword(
  deps: SignInDeps,
  { email, password, browser }: ByPassword,
  relyingParty: RelyingParty | undefined,
  place: Place,
  now: number,
): Promise<Result<SignIn, DomainError>> {
  const { db } = deps;
  const counted = await countedIn(deps, { email, browser }, place, now);
  const allowed = await countAttempt(db, counted, now);
  const failed = { at: "sign_in", tried: { email }, address: place.address } as const;
  if (!allowed.ok) {
    await recordFailedProof(db, { ...failed, reason: "too_many" }, now);
    return allowed;
  }
  const user = await findUser(db, email);
  const isRight = await isPassword(password, user?.passwordHash ?? null);
  if (!user || !isRight) {
    await recordFailedProof(db, { ...failed, reason: "wrong_password" }, now);
    return refuse("The e-mail address or the password is wrong.");
  }
  await forgetAttempts(
    db,
    counted.slice(0, 1).map(({ name }) => name),
  );
  await renewHash(db, user, password);
  const factors = secondFactorsIn(await factorStateOf(db, user.id, relyingParty?.id));
  if (factors.length > 0) return ok({ ticket: await openSecondStep(db, user.id, now), factors });
  return sessionOf(deps, user.id, "password", place, now);
}

/** A browser that the account knows counts by itself: strangers' tries do not shut it out, and neither do neighbours'. */
async function countedIn(
  deps: SignInDeps,
  { email, browser }: Pick<ByPassword, "email" | "browser">,
  { address }: Place,
  now: number,
): Promise<Counted[]> {
  const account = browser === undefined ? undefined : await findUser(deps.db, email);
  const known = account && (await rememberedBrowser(deps, browser ?? "", account, now));
  return known === undefined ? countedFor("password", email, address) : countedForBrowser("password", known);
}

/** The ways that the second step of a ticket can be taken; undefined when the ticket is over. */
export async function readSecondStep(
  { db }: { db: Database },
  ticket: string,
  relyingParty: RelyingParty | undefined,
  now: number,
): Promise<{ userId: string; factors: SecondFactor[] } | undefined> {
  const userId = await userOfSecondStep(db, ticket, now);
  if (userId === undefined) return undefined;
  return { userId, factors: secondFactorsIn(await factorStateOf(db, userId, relyingParty?.id)) };
}

/** The second step: the ticket says whose, and is spent together with the proof. */
export async function takeSecondStep(
  deps: SignInDeps,
  { ticket, proof }: { ticket: string; proof: FactorProof },
  relyingParty: RelyingParty | undefined,
  place: Place,
  now: number,
): Promise<Result<{ token: string }, DomainError>> {
  const userId = await userOfSecondStep(deps.db, ticket, now);
  if (userId === undefined) return refuse(OVER);
  const { address } = place;
  const proven = await proveFactor(deps, { userId, proof, purpose: "second_step", address }, relyingParty, now);
  if (!proven.ok) return proven;
  if ((await closeSecondStep(deps.db, ticket, now)) === undefined) return refuse(OVER);
  return sessionOf(deps, userId, STRENGTHS[proven.value], place, now);
}

/** What the browser of someone who is not known yet is asked for. Each makes a row, so an address is given few. */
export async function askToSignInByPasskey(
  { db }: { db: Database },
  relyingParty: RelyingParty,
  { address }: Place,
  now: number,
) {
  const allowed = await countAttempt(db, countedFor("passkey", "", address), now);
  if (!allowed.ok) return allowed;
  return ok(await askForPasskey({ db }, { purpose: "sign_in", userId: "" }, relyingParty, now));
}

/** Signs in by a passkey, which is both factors at once. */
export async function signInByPasskey(
  deps: SignInDeps,
  response: PasskeyResponse,
  relyingParty: RelyingParty,
  place: Place,
  now: number,
): Promise<Result<{ token: string }, DomainError>> {
  const use = { purpose: "sign_in", userId: "" } as const;
  const userId = await provePasskey(deps, { use, response }, relyingParty, now);
  if (userId === undefined) {
    const owner = await ownerOfPasskey(deps, response.id, relyingParty);
    const tried = owner === undefined ? undefined : { userId: owner };
    await recordFailedProof(deps.db, { at: "sign_in", reason: "refused_passkey", tried, address: place.address }, now);
    return refuse("The passkey was not accepted. Try again.");
  }
  return sessionOf(deps, userId, "passkey", place, now);
}

/** What a session is worth after each second factor. */
export const STRENGTHS: Readonly<Record<SecondFactor, Strength>> = {
  totp: "password+totp",
  recovery_code: "password+recovery_code",
  passkey: "passkey",
};

const OVER = "The second step took too long. Sign in again.";

async function sessionOf(
  deps: SignInDeps,
  userId: string,
  strength: Strength,
  place: Place,
  now: number,
): Promise<Result<{ token: string }, DomainError>> {
  // Before their session there is no one whose act it could be; from here on there is.
  const theirs = auditedDatabase(deps.db, { actor: { kind: "user", id: userId }, now, ...place });
  const opened = await openSession({ db: theirs }, { userId, strength, ...place }, now);
  return opened.ok ? ok({ token: opened.value }) : opened;
}

/** A hash of earlier days is made anew while the password is known. */
async function renewHash(
  db: Database,
  { id, passwordHash }: { id: string; passwordHash: string | null },
  password: string,
): Promise<void> {
  if (passwordHash === null || !isWeaklyHashed(passwordHash)) return;
  const renewed = await hashPassword(password);
  await db
    .update(users)
    .set({ passwordHash: renewed })
    .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash)));
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
