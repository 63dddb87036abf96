import { generateAuthenticationOptions, verifyAuthenticationResponse } from "@simplewebauthn/server";
import { and, eq, lt, or, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { passkeys } from "../../db/schema";
import { fromBase64 } from "../../lib/hmac";
import { makeChallenge, spendChallenge, type ChallengeUse } from "./challenges";
import { challengeIn, type PasskeyResponse } from "./client-data";
import type { PasskeyRow } from "./passkeys";
import type { RelyingParty } from "./relying-party";

/** What the browser is asked to sign. Without a user any passkey of this deployment may answer: it says whose it is. */
export async function askForPasskey(
  { db }: { db: Database },
  use: ChallengeUse,
  relyingParty: RelyingParty,
  now: number,
) {
  const challenge = fromBase64(await makeChallenge(db, use, now));
  const mine = and(eq(passkeys.userId, use.userId), eq(passkeys.rpId, relyingParty.id));
  const known = { id: passkeys.credentialId, transports: passkeys.transports };
  const allowed = use.userId === "" ? [] : await db.select(known).from(passkeys).where(mine);
  return generateAuthenticationOptions({
    rpID: relyingParty.id,
    ...(challenge && { challenge }),
    ...(allowed.length > 0 && { allowCredentials: allowed }),
    userVerification: "required",
  });
}

/**
 * The user whose passkey answered the challenge; undefined for whatever is wrong with it. The challenge is spent in any
 * case, and the counter has to grow: a copy of the passkey is found out when either is used again.
 */
export async function provePasskey(
  { db }: { db: Database },
  { use, response }: { use: ChallengeUse; response: PasskeyResponse },
  relyingParty: RelyingParty,
  now: number,
): Promise<string | undefined> {
  const challenge = challengeIn(response);
  if (challenge === undefined || !(await spendChallenge(db, challenge, use, now))) return undefined;
  const passkey = await passkeyOf(db, response.id, relyingParty);
  if (!passkey || (use.userId !== "" && passkey.userId !== use.userId)) return undefined;
  if (!isHandleOf(passkey, response.response.userHandle)) return undefined;
  const counter = await counterOf(passkey, response, { challenge, relyingParty });
  if (counter === undefined) return undefined;
  const grown = or(lt(passkeys.counter, counter), and(eq(passkeys.counter, 0), sql`${counter} = 0`));
  const used = await db
    .update(passkeys)
    .set({ counter, lastUsedAt: now })
    .where(and(eq(passkeys.id, passkey.id), grown))
    .returning({ id: passkeys.id });
  return used.length > 0 ? passkey.userId : undefined;
}

/** Whose passkey this is, for a response that was refused: nothing is proven by it. */
export async function ownerOfPasskey(
  { db }: { db: Database },
  credentialId: string,
  relyingParty: RelyingParty,
): Promise<string | undefined> {
  return (await passkeyOf(db, credentialId, relyingParty))?.userId;
}

function passkeyOf(db: Database, credentialId: string, { id }: RelyingParty): Promise<PasskeyRow | undefined> {
  const known = and(eq(passkeys.credentialId, credentialId), eq(passkeys.rpId, id));
  return db.select().from(passkeys).where(known).get();
}

/** The user that the authenticator names, if it names one, has to be the owner. */
function isHandleOf({ userId }: PasskeyRow, handle: string | null | undefined): boolean {
  return handle === undefined || handle === null || new TextDecoder().decode(fromBase64(handle)) === userId;
}

/** The counter of a response that is signed by the passkey; undefined when it is not. */
async function counterOf(
  { credentialId, publicKey, counter, transports }: PasskeyRow,
  response: PasskeyResponse,
  { challenge, relyingParty }: { challenge: string; relyingParty: RelyingParty },
): Promise<number | undefined> {
  const key = fromBase64(publicKey);
  if (!key) throw new Error(`the public key of passkey ${credentialId} is unreadable`);
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: { ...response.response, userHandle: undefined } },
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      credential: { id: credentialId, publicKey: key, counter, transports },
    });
    return verified ? authenticationInfo.newCounter : undefined;
  } catch {
    // The library throws for everything that is wrong with a response.
    return undefined;
  }
}
