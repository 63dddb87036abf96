import { and, eq, gt, lte } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { secondSteps } from "../../db/schema";
import { sha256Hex, toBase64Url } from "../../lib/hmac";
import { MINUTE } from "../../lib/time";

const LIFETIME = 10 * MINUTE;
const BYTES = 32;

/** A ticket for the second step of a sign-in whose password was right. It is bound to the user, and works once. */
export async function openSecondStep(db: Database, userId: string, now: number): Promise<string> {
  const ticket = toBase64Url(crypto.getRandomValues(new Uint8Array(BYTES)));
  await runBatch(db, [
    db.delete(secondSteps).where(lte(secondSteps.expiresAt, now)),
    db.insert(secondSteps).values({ hash: await sha256Hex(ticket), userId, expiresAt: now + LIFETIME }),
  ]);
  return ticket;
}

/** The user of a ticket that is still good; a wrong code does not spend it. */
export async function userOfSecondStep(db: Database, ticket: string, now: number): Promise<string | undefined> {
  const row = await db
    .select()
    .from(secondSteps)
    .where(await good(ticket, now))
    .get();
  return row?.userId;
}

/** Spends a ticket; undefined when another request did. */
export async function closeSecondStep(db: Database, ticket: string, now: number): Promise<string | undefined> {
  const [row] = await db
    .delete(secondSteps)
    .where(await good(ticket, now))
    .returning();
  return row?.userId;
}

async function good(ticket: string, now: number) {
  return and(eq(secondSteps.hash, await sha256Hex(ticket)), gt(secondSteps.expiresAt, now));
}
