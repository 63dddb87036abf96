import { and, eq, gt, lte } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { challenges } from "../../db/schema";
import { toBase64Url } from "../../lib/hmac";
import { MINUTE } from "../../lib/time";

const LIFETIME = 5 * MINUTE;
const BYTES = 32;

export type ChallengePurpose = (typeof challenges.$inferSelect)["purpose"];
export type ChallengeUse = { purpose: ChallengePurpose; userId: string };

/** Makes a challenge for one purpose and user; the user is empty where the passkey will say who it is. */
export async function makeChallenge(db: Database, use: ChallengeUse, now: number): Promise<string> {
  const challenge = toBase64Url(crypto.getRandomValues(new Uint8Array(BYTES)));
  await runBatch(db, [
    db.delete(challenges).where(lte(challenges.expiresAt, now)),
    db.insert(challenges).values({ challenge, ...use, expiresAt: now + LIFETIME }),
  ]);
  return challenge;
}

/** Whether the challenge was made for this and is not over. It is then spent: of many at the same time one deletes it. */
export async function spendChallenge(
  db: Database,
  challenge: string,
  { purpose, userId }: ChallengeUse,
  now: number,
): Promise<boolean> {
  const spent = await db
    .delete(challenges)
    .where(
      and(
        eq(challenges.challenge, challenge),
        eq(challenges.purpose, purpose),
        eq(challenges.userId, userId),
        gt(challenges.expiresAt, now),
      ),
    )
    .returning({ challenge: challenges.challenge });
  return spent.length > 0;
}
