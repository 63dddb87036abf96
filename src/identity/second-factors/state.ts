import { sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { passkeys, recoveryCodes, userTotp } from "../../db/schema";

/** What can be the second step of a sign-in. */
export const SECOND_FACTORS = ["totp", "passkey", "recovery_code"] as const;
export type SecondFactor = (typeof SECOND_FACTORS)[number];

/** What a user has set up. Only passkeys of the deployment's present host count. */
export type FactorState = { totp: boolean; passkeys: number; recoveryCodes: number };

/** What a user has set up; `rpId` is the host of the deployment, undefined where there are no passkeys. */
export async function factorStateOf(db: Database, userId: string, rpId: string | undefined): Promise<FactorState> {
  const [row] = await db.all<{ totp: number; passkeys: number; codes: number }>(sql`SELECT
    EXISTS (${confirmedTotp(userId)}) AS totp,
    (SELECT COUNT(*) FROM ${passkeys} WHERE user_id = ${userId} AND rp_id = ${rpId ?? ""}) AS passkeys,
    (SELECT COUNT(*) FROM ${recoveryCodes} WHERE user_id = ${userId}) AS codes`);
  return { totp: row?.totp === 1, passkeys: row?.passkeys ?? 0, recoveryCodes: row?.codes ?? 0 };
}

/** The ways to a second step that a user has; none when the password is all that is asked. */
export function secondFactorsIn(state: FactorState): SecondFactor[] {
  const has = { totp: state.totp, passkey: state.passkeys > 0, recovery_code: state.recoveryCodes > 0 };
  if (!has.totp && !has.passkey) return [];
  return SECOND_FACTORS.filter((factor) => has[factor]);
}

/** A condition: the user has a second factor, of whatever host. */
export function hasFactor(userId: string): SQL {
  return sql`(EXISTS (${confirmedTotp(userId)}) OR EXISTS (SELECT 1 FROM ${passkeys} WHERE user_id = ${userId}))`;
}

/** The statement that deletes recovery codes of a user who has no factor that they would stand in for. */
export function forgetCodesOfNoFactor(db: Database, userId: string): Statement {
  return db.run(sql`DELETE FROM ${recoveryCodes} WHERE user_id = ${userId} AND NOT ${hasFactor(userId)}`);
}

function confirmedTotp(userId: string): SQL {
  return sql`SELECT 1 FROM ${userTotp} WHERE user_id = ${userId} AND confirmed_at IS NOT NULL`;
}
