import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { valueList } from "../../db/value-list";
import { inbound } from "../../db/schema";
import type { Act, Within } from "../../identity";
import type { Inbox } from "../../queues/senders";
import { bodyColumn } from "./body";
import { type ReplayDeps, obstacleTo, replayMessageOf, type Obstacle } from "./replay";
import { searchInbound, type FoundInbound, type InboundFilter } from "./search";

export type ReplayQuery = Within & {
  filter: InboundFilter;
  limit: number;
  /** The id to go on after. */
  after?: string;
};

export type ReplayReport = {
  matched: number;
  /** How many are on their way again, or would be. */
  sent: number;
  skipped: Partial<Record<Obstacle, number>>;
  /** The id to go on after; null when nothing more matches. */
  next: string | null;
  /** As of a search (search.ts). */
  scannedUntil: number | null;
};

/** A step holds so many bytes of bodies in memory at most, and so many requests. */
const STEP_BYTES = 4_000_000;
const STEP_REQUESTS = 100;
/** Sends under way at once. */
const SENDS = 10;

/**
 * Replays what matches, in the order of arrival (see `replayInbound`). It can be done twice: a
 * call takes each notice once, however often it is replayed. Throws when the inbox does; what was sent until then is.
 */
export async function replayMany(
  { db, bucket, inbox }: ReplayDeps,
  query: ReplayQuery,
  dryRun: boolean,
  _act: Act,
): Promise<ReplayReport> {
  const page = await searchInbound(db, { ...query, order: "oldest" });
  const skipped: ReplayReport["skipped"] = {};
  const skip = (obstacle: Obstacle) => void (skipped[obstacle] = (skipped[obstacle] ?? 0) + 1);
  let sent = 0;
  for (const step of stepsOf(page.rows)) {
    const replayable = await withoutObstacle(bucket, step, skip);
    if (!dryRun && replayable.length > 0) await sendAgain(db, inbox, query.organizationId, replayable);
    sent += replayable.length;
  }
  return { matched: page.rows.length, sent, skipped, next: page.next, scannedUntil: page.scannedUntil };
}

async function withoutObstacle(
  bucket: R2Bucket,
  rows: readonly FoundInbound[],
  skip: (obstacle: Obstacle) => void,
): Promise<FoundInbound[]> {
  const obstacles = await Promise.all(
    rows.map(async (row) => {
      const obstacle = obstacleTo(row);
      if (obstacle || row.bodyKey === null) return obstacle;
      return (await bucket.head(row.bodyKey)) === null ? "body_not_kept" : undefined;
    }),
  );
  for (const obstacle of obstacles) if (obstacle) skip(obstacle);
  return rows.filter((_, index) => obstacles[index] === undefined);
}

async function sendAgain(
  db: Database,
  inbox: Inbox,
  organizationId: string,
  rows: readonly FoundInbound[],
): Promise<void> {
  const ids = rows.map(({ id }) => id);
  const these = and(eq(inbound.organizationId, organizationId), inArray(inbound.id, valueList(ids)));
  const kept = await db.select({ id: inbound.id, body: bodyColumn }).from(inbound).where(these);
  const bodies = new Map(kept.map(({ id, body }) => [id, body]));
  await db
    .update(inbound)
    .set({ replays: sql`replays + 1` })
    .where(these);
  for (let start = 0; start < rows.length; start += SENDS) {
    const some = rows.slice(start, start + SENDS);
    await Promise.all(some.map((row) => inbox.put(replayMessageOf(row, bodies.get(row.id) ?? null))));
  }
}

function stepsOf(rows: readonly FoundInbound[]): FoundInbound[][] {
  const steps: FoundInbound[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.hasBody ? row.bodySize : 0;
    const step = steps.at(-1);
    if (step && step.length < STEP_REQUESTS && bytes + size <= STEP_BYTES) {
      step.push(row);
      bytes += size;
    } else {
      steps.push([row]);
      bytes = size;
    }
  }
  return steps;
}
