import { and, asc, eq, lte, sql, type SQL } from "drizzle-orm";
import { isHeld } from "../calls";
import { runBatch, type Database } from "../db/client";
import { calls, erasedCalls, inbound, retentionPasses } from "../db/schema";
import { valueList } from "../db/value-list";
import { DAY, MINUTE } from "../lib/time";
import { firstInboundIdAt } from "../sources";
import { nextNight, type Clock } from "./clocks";
import { countRequests } from "./counted-requests";
import type { EraseDeps } from "./erase-calls";
import { hasRunOut, isOfErased } from "./expired";
import { clocksFor, readRetention, type Retention } from "./retention-rules";
import { BY_RETENTION, finishCalls, runOut } from "./run-out";

type PassRow = typeof retentionPasses.$inferSelect;

/**
 * Calls looked at in one step, by when they began; and of these, how many are dealt with: their rows are gone in one batch,
 * which holds D1 for some milliseconds.
 */
const SCANNED = 1_000;
const AT_ONCE = 50;
/** Requests looked at in one step. */
const SCANNED_REQUESTS = 2_000;
/** Longer than a step takes. */
const LEASE = 5 * MINUTE;

export type RetentionDeps = EraseDeps & { now(): number };

/** Statements of D1 that a step takes at most: to look, and, where it finds something, to remove it. */
const LOOKING = 6;
const REMOVING: Record<Clock, number> = { audio: 4, transcript: 6, findings: 6, events: 3, inbound: 1, metadata: 34 };
/** Calls whose erasing was cut short that are tried again in a turn, each by itself. */
const TRIED_AGAIN = 3;

/**
 * Takes steps of the passes that are due until they have taken so many statements of D1, or so many requests to R2 and to
 * objects of endpoints, or so long, and first erases the calls whose erasing a crash has cut short. A pass goes once through
 * the calls of a campaign, each night; in what order and how often steps are taken changes nothing: the one that waits
 * longest is next, whosever it is. One that fails is taken again after a while, and holds back no other; it throws at the
 * end. Gives how many steps it took.
 */
export async function followClocks(
  given: RetentionDeps,
  { statements: budget, requests: most, time }: { statements: number; requests: number; time: number },
): Promise<number> {
  const { deps, requests } = countRequests(given);
  const { db } = deps;
  const until = deps.now() + time;
  const failures: unknown[] = await finishCutShort(deps);
  let spent = 0;
  let steps = 0;
  const isOver = () => spent >= budget || requests() >= most || deps.now() > until;
  while (!isOver()) {
    const due = await db
      .select()
      .from(retentionPasses)
      .where(lte(retentionPasses.dueAt, deps.now()))
      .orderBy(asc(retentionPasses.dueAt))
      .limit(PASSES_AT_ONCE);
    spent += 1;
    if (due.length === 0) break;
    for (const pass of due) {
      if (isOver()) break;
      steps += 1;
      try {
        spent += (await claimPass(db, pass, deps.now())) ? await takeStep(deps, pass) : 1;
      } catch (cause) {
        spent += LOOKING + REMOVING[pass.clock as Clock];
        failures.push(cause);
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
  return steps;
}

/** Passes that have a turn before it is asked anew which wait longest. */
const PASSES_AT_ONCE = 50;

/** Any of them, and not the first: those that cannot be erased for now stand in no other's way. */
async function finishCutShort(deps: RetentionDeps): Promise<unknown[]> {
  const left = await deps.db
    .select({ id: erasedCalls.callId, organizationId: erasedCalls.organizationId })
    .from(erasedCalls)
    .where(and(eq(erasedCalls.erasureId, BY_RETENTION), sql`erased_at IS NULL`))
    .orderBy(sql`random()`)
    .limit(TRIED_AGAIN);
  const failures: unknown[] = [];
  for (const { organizationId, id } of left) {
    try {
      await finishCalls(deps, { organizationId, ids: [id] }, deps.now());
    } catch (cause) {
      failures.push(cause);
    }
  }
  return failures;
}

/** Takes a pass for the time of a step; false where another has it. */
async function claimPass(db: Database, pass: PassRow, now: number): Promise<boolean> {
  const claimed = await db
    .update(retentionPasses)
    .set({ dueAt: now + LEASE })
    .where(and(keyOf(pass), eq(retentionPasses.dueAt, pass.dueAt)))
    .returning({ clock: retentionPasses.clock });
  return claimed.length > 0;
}

/** Gives how many statements it took, at most. */
async function takeStep(deps: RetentionDeps, pass: PassRow): Promise<number> {
  const { db } = deps;
  const now = deps.now();
  const retention = await readRetention(db, pass.organizationId);
  const clock = pass.clock as Clock;
  const done =
    clock === "inbound"
      ? await stepOverRequests(deps, pass, retention)
      : await stepOverCalls(deps, pass, clock, retention);
  // The clock runs no more.
  if (done === null) {
    await db.delete(retentionPasses).where(keyOf(pass));
    return LOOKING;
  }
  const { cursor, removed, rows } = done;
  const isOver = cursor === null;
  await db
    .update(retentionPasses)
    .set({
      cursor,
      dueAt: isOver ? nextNight(now) : now,
      ...(isOver && { beganAt: nextNight(now) }),
      removed: sql`removed + ${removed}`,
    })
    .where(keyOf(pass));
  return LOOKING + (removed > 0 ? REMOVING[clock] : 0) + rows;
}

/** `rows`: those that were written by a statement each. */
type Step = { cursor: string | null; removed: number; rows: number };

async function stepOverCalls(
  deps: RetentionDeps,
  pass: PassRow,
  clock: Exclude<Clock, "inbound">,
  retention: Retention,
): Promise<Step | null> {
  const { db } = deps;
  const now = deps.now();
  const { organizationId } = pass;
  const campaignId = pass.campaignId === "" ? null : pass.campaignId;
  const days = clocksFor(retention, campaignId)[clock];
  if (days === null) return null;
  const before = now - days * DAY;
  const step = sql`SELECT * FROM ${calls} WHERE ${ofCampaign(organizationId, campaignId)} ${afterCall(pass.cursor)}
    AND started_at < ${before} ORDER BY started_at, id LIMIT ${SCANNED}`;
  const [found, [edge]] = await Promise.all([
    db.all<{ id: string; place: string }>(sql`SELECT id, started_at || ':' || id AS place FROM (${step}) AS calls
      WHERE ${hasRunOut(clock, days, now)} ORDER BY started_at, id LIMIT ${AT_ONCE}`),
    db.all<{ place: string; scanned: number }>(sql`SELECT started_at || ':' || id AS place, count(*) OVER () AS scanned
      FROM (${step}) ORDER BY started_at DESC, id DESC LIMIT 1`),
  ]);
  const ids = found.map(({ id }) => id);
  const rows = ids.length > 0 ? await runOut(deps, clock, { organizationId, ids }, { before, now }) : 0;
  const next = ids.length === AT_ONCE ? found.at(-1)?.place : edge?.scanned === SCANNED ? edge.place : null;
  return { cursor: next ?? null, removed: ids.length, rows };
}

function ofCampaign(organizationId: string, campaignId: string | null): SQL {
  return campaignId === null
    ? sql`organization_id = ${organizationId} AND campaign_id IS NULL`
    : sql`organization_id = ${organizationId} AND campaign_id = ${campaignId} AND campaign_id IS NOT NULL`;
}

function afterCall(cursor: string | null): SQL {
  const colon = cursor?.indexOf(":") ?? -1;
  return cursor === null
    ? sql``
    : sql`AND (started_at, id) > (${Number(cursor.slice(0, colon))}, ${cursor.slice(colon + 1)})`;
}

/**
 * Takes bodies and headers out of the log of requests, from where the pass is: of each request as its call's campaign has
 * it, and of one without a call as the organization. Those of a call that was erased go at once: nobody knows its campaign
 * any more. That it came, and what became of it, stays.
 */
async function stepOverRequests(
  { db, bucket, now }: RetentionDeps,
  { organizationId, cursor }: PassRow,
  retention: Retention,
): Promise<Step | null> {
  const whole = clocksFor(retention, null).inbound;
  const own = [...retention.campaigns.keys()].map((id) => [id, clocksFor(retention, id).inbound] as const);
  const erasing = [null, ...retention.campaigns.keys()].map((id) => clocksFor(retention, id).metadata);
  const shortest = Math.min(...[whole, ...own.map(([, days]) => days), ...erasing].map((days) => days ?? Infinity));
  if (shortest === Infinity) return null;
  const days = sql`iif(EXISTS (SELECT 1 FROM json_each(${JSON.stringify(Object.fromEntries(own))}) WHERE key = calls.campaign_id),
    (SELECT value FROM json_each(${JSON.stringify(Object.fromEntries(own))}) WHERE key = calls.campaign_id), ${whole})`;
  const step = sql`SELECT * FROM ${inbound} WHERE organization_id = ${organizationId} AND id > ${cursor ?? ""}
    AND id < ${firstInboundIdAt(now() - shortest * DAY)} ORDER BY id LIMIT ${SCANNED_REQUESTS}`;
  const [found, [edge]] = await Promise.all([
    db.all<{ id: string; bodyKey: string | null }>(sql`SELECT logged.id AS id, logged.body_key AS bodyKey
      FROM (${step}) AS logged LEFT JOIN ${calls} AS calls ON calls.id = logged.call_id
      WHERE (logged.body IS NOT NULL OR logged.body_key IS NOT NULL OR logged.headers <> '{}')
        AND (logged.received_at < ${now()} - ${days} * ${DAY} OR ${isOfErased()}) AND NOT (calls.id IS NOT NULL AND ${isHeld()})`),
    db.all<{ id: string; scanned: number }>(sql`SELECT id, count(*) OVER () AS scanned FROM (${step})
      ORDER BY id DESC LIMIT 1`),
  ]);
  const keys = found.flatMap(({ bodyKey }) => bodyKey ?? []);
  for (let at = 0; at < keys.length; at += 1_000) await bucket.delete(keys.slice(at, at + 1_000));
  if (found.length > 0)
    await runBatch(db, [
      db.run(sql`UPDATE ${inbound} SET body = NULL, body_key = NULL, headers = '{}'
        WHERE organization_id = ${organizationId} AND id IN ${valueList(found.map(({ id }) => id))}`),
    ]);
  return { cursor: edge && edge.scanned === SCANNED_REQUESTS ? edge.id : null, removed: found.length, rows: 0 };
}

function keyOf({ organizationId, campaignId, clock }: Pick<PassRow, "organizationId" | "campaignId" | "clock">) {
  return and(
    eq(retentionPasses.organizationId, organizationId),
    eq(retentionPasses.campaignId, campaignId),
    eq(retentionPasses.clock, clock),
  );
}
