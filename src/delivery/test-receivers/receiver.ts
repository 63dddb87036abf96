import { and, desc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { changesOf, runBatch, type Database } from "../../db/client";
import { insertRow, writeRow } from "../../db/rows";
import { receivedRequests, testReceivers } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import { HOUR } from "../../lib/time";

export type TestReceiver = typeof testReceivers.$inferSelect;
export type ReceivedAtTest = typeof receivedRequests.$inferSelect;

/** How long one lasts, how many an organization may have, and how many requests of one are kept. */
export const TEST_RECEIVER_LIMITS = { lifetime: HOUR, open: 5, kept: 50 } as const;

/** Where requests are sent to one. `publicUrl`: the address of the deployment. */
export function testReceiverUrl(publicUrl: string, id: string): string {
  return `${publicUrl.replace(/\/+$/, "")}/test-receivers/${id}`;
}

type Target = { organizationId: string; id: string };

/** Makes a test receiver. */
export async function createTestReceiver(
  { db }: { db: Database },
  { organizationId, id }: { organizationId: string; id?: string },
  act: Act,
): Promise<Result<TestReceiver, DomainError>> {
  const { now } = act;
  const row: TestReceiver = {
    id: id ?? newId("rcv", now),
    organizationId,
    createdAt: now,
    expiresAt: now + TEST_RECEIVER_LIMITS.lifetime,
    received: 0,
  };
  const isFree = sql`(SELECT count(*) FROM ${testReceivers}
    WHERE organization_id = ${organizationId} AND expires_at > ${now}) < ${TEST_RECEIVER_LIMITS.open}`;
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${testReceivers} WHERE id = ${row.id})`;
  const [made] = await runBatch(db, [writeRow(db, insertRow(testReceivers, row, sql`${isNew} AND ${isFree}`))]);
  if (changesOf(made) > 0) return ok(row);
  const isOurs = and(eq(testReceivers.id, row.id), eq(testReceivers.organizationId, organizationId));
  const before = await db.select().from(testReceivers).where(isOurs).get();
  if (before && before.expiresAt > now) return ok(before);
  // Its form was kept open for longer than the receiver that it made.
  if (before) return createTestReceiver({ db }, { organizationId }, act);
  return err({
    kind: "conflict",
    message: `There are ${TEST_RECEIVER_LIMITS.open} test receivers already. Delete one, or wait until one ends.`,
  });
}

/** The test receivers of an organization that are open, the newest first. */
export async function listTestReceivers(db: Database, organizationId: string, now: number): Promise<TestReceiver[]> {
  return db
    .select()
    .from(testReceivers)
    .where(and(eq(testReceivers.organizationId, organizationId), gt(testReceivers.expiresAt, now)))
    .orderBy(desc(testReceivers.createdAt), desc(testReceivers.id))
    .limit(TEST_RECEIVER_LIMITS.open);
}

/** A test receiver that is open, with what came to it, the newest first. */
export async function readTestReceiver(
  db: Database,
  { organizationId, id }: Target,
  now: number,
): Promise<Result<{ receiver: TestReceiver; requests: ReceivedAtTest[] }, DomainError>> {
  const [found, requests] = await db.batch([
    db.select().from(testReceivers).where(isOpen({ organizationId, id }, now)),
    db
      .select()
      .from(receivedRequests)
      .where(eq(receivedRequests.receiverId, id))
      .orderBy(desc(receivedRequests.number))
      .limit(TEST_RECEIVER_LIMITS.kept),
  ]);
  const [receiver] = found;
  return receiver ? ok({ receiver, requests }) : err(notFound("test receiver"));
}

/** Ends a test receiver, with all that came to it. */
export async function deleteTestReceiver(
  { db }: { db: Database },
  target: Target,
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const mine = db.select({ id: testReceivers.id }).from(testReceivers).where(isOpen(target, now));
  const [, deleted] = await runBatch(db, [
    db.delete(receivedRequests).where(inArray(receivedRequests.receiverId, mine)),
    db.delete(testReceivers).where(isOpen(target, now)),
  ]);
  return changesOf(deleted) > 0 ? ok(undefined) : err(notFound("test receiver"));
}

/** Forgets those that are over. */
export async function forgetTestReceivers(db: Database, now: number): Promise<void> {
  const over = db.select({ id: testReceivers.id }).from(testReceivers).where(lte(testReceivers.expiresAt, now));
  await runBatch(db, [
    db.delete(receivedRequests).where(inArray(receivedRequests.receiverId, over)),
    db.delete(testReceivers).where(lte(testReceivers.expiresAt, now)),
  ]);
}

function isOpen({ organizationId, id }: Target, now: number) {
  return and(
    eq(testReceivers.organizationId, organizationId),
    eq(testReceivers.id, id),
    gt(testReceivers.expiresAt, now),
  );
}
