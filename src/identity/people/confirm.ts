import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import type { Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { proveFactor, type PasskeyResponse, type RelyingParty } from "../second-factors";
import { provePassword } from "./passwords";

/** What a person proves again who they are with. */
export type Confirmation = { password: string } | { code: string } | { passkey: PasskeyResponse };

/** What the challenges of passkeys are made for that confirm. */
export const TO_CONFIRM = "confirm";

/** Whether the person of a session is still who they were. Passwords and codes are counted, right or wrong. */
export async function confirmPerson(
  deps: { db: Database; masterKeys: MasterKeys },
  { userId, sent, address }: { userId: string; sent: Confirmation; address: string | null },
  relyingParty: RelyingParty | undefined,
  now: number,
): Promise<Result<unknown, DomainError>> {
  if ("password" in sent) return provePassword(deps, { userId, password: sent.password, address }, now);
  const proof = "code" in sent ? { totp: sent.code } : { passkey: sent.passkey };
  return proveFactor(deps, { userId, proof, purpose: TO_CONFIRM, address }, relyingParty, now);
}
