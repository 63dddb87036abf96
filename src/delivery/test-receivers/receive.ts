import { and, eq, gt, lt, lte, sql } from "drizzle-orm";
import { runBatch, type Database } from "../../db/client";
import { receivedRequests, testReceivers } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { verifyReceived, type Verification } from "../signing";
import { TEST_RECEIVER_LIMITS } from "./receiver";

/** Requests that one receiver takes in its hour: each costs a check of its signature and rows of D1. */
const MOST_REQUESTS = 2_000;

/** A request as it came. */
export type TestRequest = { method: string; headers: Readonly<Record<string, string>>; body: string };

/** Takes a request to a test receiver: whether its signature is right is found out now, by the clock of its arrival. */
export async function receiveAtTest(
  deps: { db: Database; masterKeys: MasterKeys },
  id: string,
  { method, headers, body }: TestRequest,
  now: number,
): Promise<Result<{ number: number; found: Verification }, DomainError>> {
  const { db } = deps;
  const open = and(eq(testReceivers.id, id), gt(testReceivers.expiresAt, now));
  const receiver = await db.select().from(testReceivers).where(open).get();
  if (!receiver) return err(notFound("test receiver"));
  if (receiver.received >= MOST_REQUESTS)
    return err({ kind: "conflict", message: "This test receiver has taken as many requests as it may." });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const target = { organizationId: receiver.organizationId };
  const verified = await verifyReceived(deps, target, { headers: lines.join("\n"), body }, now);
  if (!verified.ok) return verified;
  const { finding, endpointId } = verified.value;
  const [counted] = await runBatch(db, [
    db
      .update(testReceivers)
      .set({ received: sql`received + 1` })
      .where(and(open, lt(testReceivers.received, MOST_REQUESTS)))
      .returning({ received: testReceivers.received }),
    db.run(sql`INSERT INTO ${receivedRequests}
      (receiver_id, number, received_at, method, headers, body, finding, endpoint_id)
      SELECT id, received, ${now}, ${method}, ${JSON.stringify(headers)}, ${body}, ${finding}, ${endpointId}
      FROM ${testReceivers} WHERE ${open} ON CONFLICT DO NOTHING`),
    db
      .delete(receivedRequests)
      .where(
        and(
          eq(receivedRequests.receiverId, id),
          lte(
            receivedRequests.number,
            sql`(SELECT received FROM ${testReceivers} WHERE id = ${id}) - ${TEST_RECEIVER_LIMITS.kept}`,
          ),
        ),
      ),
  ]);
  const [row] = (counted?.results ?? []) as { received: number }[];
  return row ? ok({ number: row.received, found: verified.value }) : err(notFound("test receiver"));
}
