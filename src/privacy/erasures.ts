import { and, desc, eq, inArray, lt, sql, type SQL } from "drizzle-orm";
import { callsWithin, erasedAmong, isHeld } from "../calls";
import { runBatch, type Database } from "../db/client";
import { insertRow, writeRow } from "../db/rows";
import { calls, erasedCalls, erasures } from "../db/schema";
import { valueList } from "../db/value-list";
import { NUDGE_AFTER, freeAll, takeNudges, type Work } from "../db/work";
import { notFound, type DomainError } from "../errors";
import { actEntries, isLimited, type Act, type Caller, type Within } from "../identity";
import { newId } from "../lib/id";
import { err, ok, type Result } from "../lib/result";
import { DAY, MINUTE } from "../lib/time";
import type { Nudges } from "../queues/senders";
import { needlesOfCalls } from "./needles";
import type { Counted } from "./places";

export type ErasureRow = typeof erasures.$inferSelect;
export type ErasureName = Pick<ErasureRow, "organizationId" | "id">;

/** Longer than one step takes. A crash delays an erasure by this much. */
export const ERASURE_LEASE = 2 * MINUTE;

export const erasureWork: Work<typeof erasures> = {
  table: erasures,
  key: ["organizationId", "id"],
  open: sql`${erasures.state} = 'open'`,
  lease: ERASURE_LEASE,
};

/** A request may have come before its call was written. */
const BEFORE = DAY;

export const UNDER_HOLD: DomainError = {
  kind: "conflict",
  message: "This call is under a legal hold: it is not erased before the hold is lifted.",
};

/** What was begun; which of the calls are not erased, and why; and which others erase already. */
export type Begun = {
  erasure: ErasureRow | null;
  refused: ReadonlyMap<string, DomainError>;
  before: ReadonlySet<string>;
};

export type BeginDeps = { db: Database; nudges: Pick<Nudges, "erasures"> };

/**
 * Begins to erase calls within reach, all but those under a legal hold. From here on no late notice brings one of them
 * back. Done twice, the calls belong to the erasure that was first.
 */
export async function beginErasure(
  { db, nudges }: BeginDeps,
  { organizationId, reach, callIds }: Within & { callIds: readonly string[] },
  act: Act,
): Promise<Begun> {
  const known = await db
    .select({
      id: calls.id,
      externalId: calls.externalId,
      createdAt: calls.createdAt,
      isHeld: sql<number>`${isHeld()}`,
    })
    .from(calls)
    .where(and(eq(calls.organizationId, organizationId), inArray(calls.id, valueList(callIds)), callsWithin(reach)));
  const refused = new Map<string, DomainError>(callIds.map((id) => [id, notFound("call")]));
  for (const call of known) if (call.isHeld) refused.set(call.id, UNDER_HOLD);
  const free = known.filter((call) => !call.isHeld);
  if (free.length === 0) return { erasure: null, refused, before: new Set() };
  const ids = free.map(({ id }) => id);
  const row = newErasure(
    {
      organizationId,
      kind: callIds.length === 1 ? "call" : "calls",
      subject: callIds.length === 1 ? (ids[0] ?? null) : null,
      needles: needlesOfCalls(free.map(({ externalId }) => externalId)),
      since: Math.min(...free.map(({ createdAt }) => createdAt)) - BEFORE,
    },
    act,
    "calls",
  );
  // Asked again where it is written: a hold may have been placed, and another may have begun to erase them.
  const isFree = sql`${inArray(calls.id, valueList(ids))} AND ${eq(calls.organizationId, organizationId)}
    AND NOT ${isHeld()} AND NOT EXISTS (SELECT 1 FROM ${erasedCalls} WHERE call_id = ${calls.id})`;
  const isTaken = (id: SQL) =>
    sql`EXISTS (SELECT 1 FROM ${erasedCalls} WHERE call_id = ${id} AND erasure_id = ${row.id})`;
  const what = { organizationId, action: "call.erased" as const, resourceType: "call", resourceIds: ids };
  const [, , , taken] = await runBatch(db, [
    writeRow(db, insertRow(erasures, row, sql`EXISTS (SELECT 1 FROM ${calls} WHERE ${isFree})`)),
    db.run(sql`INSERT INTO ${erasedCalls} (call_id, organization_id, erasure_id, erased_at)
      SELECT ${calls.id}, ${organizationId}, ${row.id}, NULL FROM ${calls} WHERE ${isFree} ON CONFLICT DO NOTHING`),
    actEntries(db, { ...what, after: { erasure: row.id } }, act, isTaken(sql`value ->> 1`)),
    db
      .select({ id: erasedCalls.callId })
      .from(erasedCalls)
      .where(and(inArray(erasedCalls.callId, valueList(ids)), eq(erasedCalls.erasureId, row.id))),
  ]);
  const mine = new Set(((taken?.results ?? []) as { call_id: string }[]).map((one) => one.call_id));
  for (const id of mine) refused.delete(id);
  const lost = ids.filter((id) => !mine.has(id));
  const before = await erasedAmong(db, lost);
  for (const id of lost) refused.set(id, before.has(id) ? BEING_ERASED : UNDER_HOLD);
  if (mine.size === 0) return { erasure: null, refused, before };
  await nudges.erasures([{ organizationId, erasureId: row.id }]);
  return { erasure: row, refused, before };
}

const BEING_ERASED: DomainError = { kind: "conflict", message: "This call is being erased already." };

/** Begins to erase one call. A call whose erasure was begun before gives that erasure, to whoever may see it. */
export async function eraseCall(
  deps: BeginDeps,
  caller: Caller,
  callId: string,
  act: Act,
): Promise<Result<ErasureRow, DomainError>> {
  const { organizationId, reach } = caller;
  const before = await erasureOfCall(deps.db, caller, callId);
  if (before) return ok(before);
  const { erasure, refused } = await beginErasure(deps, { organizationId, reach, callIds: [callId] }, act);
  if (erasure) return ok(erasure);
  const again = await erasureOfCall(deps.db, caller, callId);
  return again ? ok(again) : err(refused.get(callId) ?? notFound("call"));
}

async function erasureOfCall(db: Database, caller: Caller, callId: string): Promise<ErasureRow | undefined> {
  const { organizationId } = caller;
  const id = sql`(SELECT erasure_id FROM ${erasedCalls}
    WHERE call_id = ${callId} AND organization_id = ${organizationId})`;
  return db
    .select()
    .from(erasures)
    .where(and(eq(erasures.organizationId, organizationId), sql`${erasures.id} = ${id}`, visibleTo(caller)))
    .get();
}

export function newErasure(
  what: Pick<ErasureRow, "organizationId" | "kind" | "subject" | "needles" | "since">,
  { actor, now }: Act,
  phase: string,
): ErasureRow {
  return {
    ...what,
    id: newId("ers", now),
    state: "open",
    phase,
    cursor: null,
    counts: {},
    actor,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: NUDGE_AFTER,
    createdAt: now,
    endedAt: null,
  };
}

/** Who reaches the whole organization sees all erasures, others their own. */
function visibleTo({ reach, actor }: Caller): SQL | undefined {
  return isLimited(reach) ? sql`${erasures.actor} = ${JSON.stringify(actor)}` : undefined;
}

export async function readErasure(db: Database, caller: Caller, id: string): Promise<Result<ErasureRow, DomainError>> {
  const row = await db
    .select()
    .from(erasures)
    .where(and(eq(erasures.organizationId, caller.organizationId), eq(erasures.id, id), visibleTo(caller)))
    .get();
  return row ? ok(row) : err(notFound("erasure"));
}

/** The erasures of an organization that a caller may see, newest first. */
export async function listErasures(
  db: Database,
  caller: Caller,
  { limit, after }: { limit: number; after?: { id: string } | undefined },
): Promise<ErasureRow[]> {
  return db
    .select()
    .from(erasures)
    .where(
      and(eq(erasures.organizationId, caller.organizationId), after && lt(erasures.id, after.id), visibleTo(caller)),
    )
    .orderBy(desc(erasures.id))
    .limit(limit);
}

/** The counts of an erasure with these added, as SQL: counted in the batch that erases. */
export function countsWith(more: Partial<Record<Counted, number | SQL>>): SQL {
  const added = Object.entries(more).map(
    ([name, value]) => sql`, ${`$.${name}`}, coalesce(counts ->> ${`$.${name}`}, 0) + ${value}`,
  );
  return sql`json_set(counts${sql.join(added, sql``)})`;
}

const AT_ONCE = 100;

/** Sends the messages of erasures whose last one was lost. */
export async function nudgeOpenErasures(
  { db, nudges }: { db: Database; nudges: Pick<Nudges, "erasures"> },
  now: number,
): Promise<void> {
  const rows = await takeNudges(db, erasureWork, now, AT_ONCE);
  await nudges.erasures(rows.map(({ organizationId, id: erasureId }) => ({ organizationId, erasureId })));
}

/** Frees erasures that a process had claimed, once it is gone. */
export async function freeErasures(db: Database): Promise<void> {
  await runBatch(db, [freeAll(db, erasureWork)]);
}
