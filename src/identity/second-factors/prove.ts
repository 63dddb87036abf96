import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { recordFailedProof } from "../failed-proofs";
import { countCodeAttempt, forgetCodeAttempts } from "./attempts";
import type { ChallengePurpose } from "./challenges";
import type { PasskeyResponse } from "./client-data";
import { provePasskey } from "./prove-passkey";
import { spendRecoveryCode } from "./recovery-codes";
import type { RelyingParty } from "./relying-party";
import type { SecondFactor } from "./state";
import { spendTotpCode } from "./totp";

export type FactorProof = { totp: string } | { recoveryCode: string } | { passkey: PasskeyResponse };

/**
 * Checks and spends what a known user sent as a second factor, and gives the factor. Codes are counted, right or wrong, and
 * what is refused is in the audit log.
 */
export async function proveFactor(
  deps: { db: Database; masterKeys: MasterKeys },
  asked: { userId: string; proof: FactorProof; purpose: ChallengePurpose; address: string | null },
  relyingParty: RelyingParty | undefined,
  now: number,
): Promise<Result<SecondFactor, DomainError>> {
  const proven = await check(deps, asked, relyingParty, now);
  if (proven.ok) return proven;
  const { userId, proof, purpose, address } = asked;
  const wrong = "passkey" in proof ? "refused_passkey" : "wrong_code";
  const reason = proven.error.kind === "too_many" ? "too_many" : wrong;
  const at = purpose === "confirm" ? "confirmation" : "sign_in";
  await recordFailedProof(deps.db, { at, reason, tried: { userId }, address }, now);
  return proven;
}

async function check(
  deps: { db: Database; masterKeys: MasterKeys },
  { userId, proof, purpose }: { userId: string; proof: FactorProof; purpose: ChallengePurpose },
  relyingParty: RelyingParty | undefined,
  now: number,
): Promise<Result<SecondFactor, DomainError>> {
  if ("passkey" in proof) {
    const asked = { use: { purpose, userId }, response: proof.passkey };
    const owner = relyingParty && (await provePasskey(deps, asked, relyingParty, now));
    return owner === userId ? ok("passkey") : refuse("The passkey was not accepted. Try again.");
  }
  const counted = await countCodeAttempt(deps.db, userId, now);
  if (!counted.ok) return counted;
  const isRight =
    "totp" in proof
      ? await spendTotpCode(deps, { userId, code: proof.totp }, now)
      : await spendRecoveryCode(deps, { userId, code: proof.recoveryCode });
  if (!isRight) return refuse("The code is wrong or used already.");
  await forgetCodeAttempts(deps.db, userId);
  return ok("totp" in proof ? "totp" : "recovery_code");
}

function refuse(message: string): Result<never, DomainError> {
  return err({ kind: "unauthenticated", message });
}
