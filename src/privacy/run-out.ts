import { and, eq, inArray, sql } from "drizzle-orm";
import { withoutAnswers } from "../actions";
import { waveformKeyOf, withoutFindings, withoutWords, type Remainder } from "../analysis";
import { isHeld } from "../calls";
import { runBatch, type Database, type Statement } from "../db/client";
import { analyses, calls, endpoints, erasedCalls, events, recordings, searchMarks } from "../db/schema";
import { valueList } from "../db/value-list";
import { objectsOf } from "../delivery";
import { EXPIRED_DATA, spilledKey } from "../events";
import { inParallel } from "../lib/in-parallel";
import { forgetPrefills, takeWordsFromPrefills } from "../quality";
import { emptyAlerts, takeWordsFromAlerts } from "./alert-evidence";
import type { Clock } from "./clocks";
import { eraseCalls, eraseUploads, renditionsOf, uploadsOf, type EraseDeps } from "./erase-calls";
import { isSpent, isSpilled } from "./expired";
import type { OfCalls } from "./places";

/** What calls that a clock erased are known by among the erased. */
export const BY_RETENTION = "retention";

/**
 * Removes what a clock has run out for, of calls that were found a moment ago. What is in R2 goes first, but for events:
 * after a crash the rows still say that there is something to remove. Done twice it removes no more. Gives how many rows it
 * wrote by a statement each.
 */
export async function runOut(
  deps: EraseDeps,
  clock: Exclude<Clock, "inbound">,
  of: OfCalls,
  { before, now }: { before: number; now: number },
): Promise<number> {
  switch (clock) {
    case "audio":
      await runOutAudio(deps, of);
      return 0;
    case "transcript":
      return runOutAnalyses(
        deps,
        of,
        (row) => withoutWords(deps.bucket, row),
        "conversation = NULL, unmasked = NULL",
        (db, given) => [takeWordsFromAlerts(db, given), withoutAnswers(db, given), takeWordsFromPrefills(db, given)],
      );
    case "findings":
      return runOutAnalyses(
        deps,
        of,
        async (row) => withoutFindings(row),
        "talk_strip = NULL, risk_score = NULL",
        (db, given) => [emptyAlerts(db, given), forgetPrefills(db, given)],
      );
    case "events":
      await runOutEvents(deps, of, { before, now });
      return 0;
    case "metadata":
      await runOutCalls(deps, of, now);
      return 0;
  }
}

async function deleteObjects(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += 1_000) await bucket.delete(keys.slice(at, at + 1_000));
}

async function runOutAudio({ db, bucket }: EraseDeps, of: OfCalls): Promise<void> {
  const isTheirs = and(inArray(recordings.callId, valueList(of.ids)), eq(recordings.organizationId, of.organizationId));
  const [stored, uploaded] = await Promise.all([
    db.select({ key: recordings.key }).from(recordings).where(isTheirs),
    uploadsOf(db, of),
  ]);
  const keys = stored.flatMap(({ key }) => (key === null ? [] : [key, waveformKeyOf(key)]));
  await deleteObjects(bucket, [...keys, ...uploaded.map(({ key }) => key), ...(await renditionsOf(bucket, of))]);
  await runBatch(db, [
    // Its address too: nobody fetches it again.
    db
      .update(recordings)
      .set({ key: null, size: null, url: null, reason: "retention" })
      .where(and(isTheirs, sql`key IS NOT NULL`)),
    eraseUploads(db, of.organizationId, uploaded),
  ]);
}

type AnalysisRow = typeof analyses.$inferSelect;

async function runOutAnalyses(
  { db, bucket }: EraseDeps,
  of: OfCalls,
  remainderOf: (row: AnalysisRow) => Promise<Remainder>,
  ofCall: string,
  besides: (db: Database, of: OfCalls) => Statement[],
): Promise<number> {
  const rows = await db
    .select()
    .from(analyses)
    .where(and(inArray(analyses.callId, valueList(of.ids)), eq(analyses.organizationId, of.organizationId)));
  const remainders = await inParallel(rows, async (row) => ({ row, ...(await remainderOf(row)) }));
  await deleteObjects(
    bucket,
    remainders.flatMap(({ keys }) => keys),
  );
  // Where somebody claimed it meanwhile, it is done the next night.
  const writes = remainders.map(({ row, set }) =>
    db
      .update(analyses)
      .set(set)
      .where(and(eq(analyses.callId, row.callId), eq(analyses.id, row.id), eq(analyses.claims, row.claims))),
  );
  const theirs = sql`organization_id = ${of.organizationId} AND id IN ${valueList(of.ids)}`;
  await runBatch(db, [
    ...writes,
    ...besides(db, of),
    db.run(sql`UPDATE ${calls} SET ${sql.raw(ofCall)} WHERE ${theirs}`),
    // They are found by it no more.
    db.run(sql`INSERT INTO ${searchMarks} (call_id) SELECT id FROM ${calls} WHERE ${theirs} ON CONFLICT DO NOTHING`),
  ]);
  return rows.length;
}

/**
 * The rows first: what is left in R2 after a crash is found by the sweep of spilled data, and nobody is told of data that is
 * not there.
 */
async function runOutEvents(deps: EraseDeps, of: OfCalls, { before, now }: { before: number; now: number }) {
  const { db, bucket } = deps;
  const isTheirs = sql`part.stream IN ${valueList(of.ids)} AND part.organization_id = ${of.organizationId}
    AND ${isSpent(before, now)}`;
  const spilled = await db.all<{ stream: string; id: string; data: string }>(sql`
    SELECT stream, id, data FROM ${events} AS part WHERE ${isTheirs} AND ${isSpilled()} ORDER BY random()`);
  const open = await openStreams(deps, of.organizationId, new Set(spilled.map(({ stream }) => stream)));
  const free = spilled.filter(({ stream }) => !open.has(stream));
  const expired = await db.all<{ id: string }>(sql`UPDATE ${events} AS part SET data = ${EXPIRED_DATA}
    WHERE ${isTheirs} AND (NOT ${isSpilled()} OR id IN ${valueList(free.map(({ id }) => id))}) RETURNING id`);
  const gone = new Set(expired.map(({ id }) => id));
  await deleteObjects(
    bucket,
    free.flatMap(({ id, data }) => (gone.has(id) ? (spilledKey(data) ?? []) : [])),
  );
}

/** Requests to objects of endpoints that one step may take to know whether deliveries are over. */
const MOST_ASKED = 400;

/**
 * Those of the streams that an endpoint's object has a delivery of that is not over: paused, tried again, or held. Those for
 * which a step has no requests left count as open: they are asked for another night, any of them first.
 */
async function openStreams(
  { db, endpointObjects: objects }: EraseDeps,
  organizationId: string,
  streams: ReadonlySet<string>,
): Promise<Set<string>> {
  const open = new Set<string>();
  if (streams.size === 0) return open;
  const all = await db.select().from(endpoints).where(eq(endpoints.organizationId, organizationId));
  const questions = all.flatMap((endpoint) => (["pending", "held"] as const).map((state) => ({ endpoint, state })));
  const each = questions.reduce((total, { endpoint }) => total + objectsOf(endpoint).length, 0);
  // At least one, whatever it takes: an organization with many endpoints has its turn too.
  const asked = [...streams].slice(0, Math.max(1, Math.floor(MOST_ASKED / Math.max(1, each))));
  for (const stream of streams) if (!asked.includes(stream)) open.add(stream);
  for (const stream of asked) {
    const counts = await inParallel(questions, ({ endpoint, state }) => objects.count(endpoint, { stream, state }));
    if (counts.some(({ count }) => count > 0)) open.add(stream);
  }
  return open;
}

async function runOutCalls(deps: EraseDeps, of: OfCalls, now: number): Promise<void> {
  const { db } = deps;
  const { organizationId } = of;
  // The tombstone first: no late notice brings one back, and after a crash it says that the rest is to be done.
  await runBatch(db, [
    db.run(sql`INSERT INTO ${erasedCalls} (call_id, organization_id, erasure_id, erased_at)
      SELECT ${calls.id}, ${organizationId}, ${BY_RETENTION}, NULL FROM ${calls}
      WHERE ${calls.organizationId} = ${organizationId} AND ${calls.id} IN ${valueList(of.ids)} AND NOT ${isHeld()}
      ON CONFLICT DO NOTHING`),
  ]);
  try {
    await finishCalls(deps, of, now);
  } catch (cause) {
    // By their tombstones they are tried again; those after them need not wait for it.
    console.error(JSON.stringify({ event: "retention.failed", organizationId, error: String(cause) }));
  }
}

/** Erases those of the calls that retention has a tombstone of. */
export async function finishCalls(deps: EraseDeps, of: OfCalls, now: number): Promise<number> {
  const { db } = deps;
  const isPending = and(
    eq(erasedCalls.erasureId, BY_RETENTION),
    sql`${erasedCalls.erasedAt} IS NULL`,
    inArray(erasedCalls.callId, valueList(of.ids)),
  );
  const mine = await db.select({ id: erasedCalls.callId }).from(erasedCalls).where(isPending);
  const ids = mine.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await eraseCalls(deps, { ...of, ids }, () => []);
  await runBatch(db, [db.run(sql`UPDATE ${erasedCalls} SET erased_at = ${now} WHERE call_id IN ${valueList(ids)}`)]);
  return ids.length;
}
