import { generateRegistrationOptions, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import { and, eq, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { insertRow, writeRow } from "../../db/rows";
import { passkeys } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { fromBase64, toBase64Url } from "../../lib/hmac";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { Act } from "../actor";
import { makeChallenge, spendChallenge } from "./challenges";
import { challengeIn, type NewPasskeyResponse } from "./client-data";
import type { PasskeyRow } from "./passkeys";
import { firstRecoveryCodes } from "./recovery-codes";
import type { RelyingParty } from "./relying-party";

const MOST_PASSKEYS = 20;
/** EdDSA, ES256 and RS256: what authenticators have. */
const ALGORITHMS = [-8, -7, -257];

/** What the browser is asked to make: a passkey that proves who its owner is, and is found without a user name. */
export async function beginPasskey(
  { db }: { db: Database },
  { userId, email, name }: { userId: string; email: string; name: string },
  relyingParty: RelyingParty,
  { now }: Act,
) {
  const existing = await db
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(and(eq(passkeys.userId, userId), eq(passkeys.rpId, relyingParty.id)))
    .limit(MOST_PASSKEYS);
  return generateRegistrationOptions({
    rpName: "Trunkline",
    rpID: relyingParty.id,
    userID: Uint8Array.from(new TextEncoder().encode(userId)),
    userName: email,
    userDisplayName: name,
    challenge: bytesOf(await makeChallenge(db, { purpose: "register", userId }, now)),
    excludeCredentials: existing,
    attestationType: "none",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/**
 * Keeps the passkey that the browser made. Recovery codes come with a user's first factor: they are in this answer and
 * never again.
 */
export async function addPasskey(
  { db }: { db: Database },
  { userId, name, response }: { userId: string; name: string; response: NewPasskeyResponse },
  relyingParty: RelyingParty,
  act: Act,
): Promise<Result<{ passkey: PasskeyRow; recoveryCodes: string[] | undefined }, DomainError>> {
  const made = await madeNow(db, { userId, response }, relyingParty, act.now);
  if (!made) return err(invalid("response", "is no answer to a challenge of the last five minutes"));
  const { credential, credentialDeviceType } = made;
  const passkey: PasskeyRow = {
    id: newId("pky", act.now),
    userId,
    credentialId: credential.id,
    rpId: relyingParty.id,
    publicKey: toBase64Url(credential.publicKey),
    counter: credential.counter,
    transports: response.response.transports ?? [],
    synced: credentialDeviceType === "multiDevice",
    name,
    createdAt: act.now,
    lastUsedAt: null,
  };
  const isRoom = sql`(SELECT COUNT(*) FROM ${passkeys} WHERE user_id = ${userId}) < ${MOST_PASSKEYS}`;
  const codes = await firstRecoveryCodes(db, userId, act);
  const [added, first] = await runBatch(db, [writeRow(db, insertRow(passkeys, passkey, isRoom)), codes.write]);
  if (changesOf(added) === 0)
    return err({ kind: "conflict", message: `This passkey is known already, or there are ${MOST_PASSKEYS}.` });
  return ok({ passkey, recoveryCodes: changesOf(first) > 0 ? codes.codes : undefined });
}

async function madeNow(
  db: Database,
  { userId, response }: { userId: string; response: NewPasskeyResponse },
  relyingParty: RelyingParty,
  now: number,
) {
  const challenge = challengeIn(response);
  if (challenge === undefined || !(await spendChallenge(db, challenge, { purpose: "register", userId }, now)))
    return undefined;
  try {
    if (!attestsNothing(response.response.attestationObject)) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return registrationInfo;
  } catch {
    // The library throws for everything that is wrong with a response.
    return undefined;
  }
}

/**
 * Whether the response carries no certificate. We ask for none; and to check one, the library would fetch addresses that
 * stand in it.
 */
function attestsNothing(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(bytesOf(attestationObject));
  const format = decoded.get("fmt");
  return format === "none" || (format === "packed" && decoded.get("attStmt").get("x5c") === undefined);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (!bytes) throw new Error("no base64");
  return bytes;
}
