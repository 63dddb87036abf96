import { and, eq, gte, lt, lte, sql, type SQL } from "drizzle-orm";
import { auditedBinding } from "../db/audited";
import { openDatabase, type Database } from "../db/client";
import { insertRow, type RowWrite } from "../db/rows";
import { inOrder, isAfter, type Order } from "../db/order";
import { auditLog } from "../db/schema";
import { HOUR, MINUTE } from "../lib/time";
import { actorText, type Act } from "./actor";
import { entryIdAt, newEntryId } from "./audit-id";
import type { RecordedAction } from "../lib/recorded-actions";

export type AuditEntry = typeof auditLog.$inferSelect;

/** What an entry must be like. Each filter is optional, and all given must match. */
export type AuditFilter = {
  actor?: string;
  action?: string;
  resourceType?: string;
  resourceId?: string;
  /** At or after, in milliseconds. */
  from?: number;
  /** Before, in milliseconds. */
  until?: number;
};

export type AuditQuery = { organizationId: string; filter: AuditFilter; limit: number; after?: string; order?: Order };

/** `next` is the id to go on after, null at the end. `scannedUntil` as in the inbound log. */
export type AuditPage = { rows: AuditEntry[]; next: string | null; scannedUntil: number | null };

/** Entries looked at for one page. Time is found by index; another filter looks at one after another. */
export const MAX_SCANNED_ENTRIES = 2_000;

/** A page of an organization's audit log, newest first where no order is given. It can be short, even empty, and still have a `next`. */
export async function listAudit(db: Database, query: AuditQuery, scan = MAX_SCANNED_ENTRIES): Promise<AuditPage> {
  const { limit, filter, order = "descending" } = query;
  const matching = matchOf(filter);
  const range = rangeOf(query);
  const edgeId = sql`(SELECT id FROM ${auditLog} WHERE ${range}
    ORDER BY ${inOrder(auditLog.id, order)} LIMIT 1 OFFSET ${scan - 1})`;
  const rows = db
    .select()
    .from(auditLog)
    .where(matching ? and(scannedOf(query, edgeId), matching) : range)
    .orderBy(inOrder(auditLog.id, order))
    .limit(limit + 1);
  if (!matching) return pageOf(await rows, limit, undefined);
  const edge = db
    .select({ id: auditLog.id, at: auditLog.at })
    .from(auditLog)
    .where(and(eq(auditLog.organizationId, query.organizationId), sql`${auditLog.id} = ${edgeId}`));
  const [found, [last]] = await db.batch([rows, edge]);
  return pageOf(found, limit, last);
}

/** SQL that is true for the entries of a range as far as the edge of what is scanned. */
function scannedOf(query: AuditQuery, edgeId: SQL): SQL | undefined {
  // Of two bounds of the key at one end SQLite takes one, and the other would be asked of each entry up to it.
  const { from, until } = query.filter;
  if (query.order === "ascending") {
    const end = until === undefined ? AFTER_ALL : entryIdAt(until);
    const above = rangeOf({ ...query, filter: { ...query.filter, until: undefined } });
    return and(above, lte(auditLog.id, sql`coalesce(${edgeId}, ${end})`));
  }
  const end = from === undefined ? "" : entryIdAt(from);
  const below = rangeOf({ ...query, filter: { ...query.filter, from: undefined } });
  return and(below, gte(auditLog.id, sql`coalesce(${edgeId}, ${end})`));
}

/** After every id of an entry. */
const AFTER_ALL = "~";

/** The pages of all matching entries, newest first. */
export async function* auditPages(db: Database, query: AuditQuery): AsyncGenerator<AuditEntry[]> {
  let after = query.after;
  for (;;) {
    const { rows, next } = await listAudit(db, { ...query, after });
    yield rows;
    if (next === null) return;
    after = next;
  }
}

/** An act that changes no audited row. */
export type RecordedAct = {
  organizationId: string;
  action: RecordedAction;
  resourceType: string;
  resourceIds: readonly string[];
  before?: object;
  after?: object;
};

/**
 * Records an act that no trigger sees, because it changes no row here: what an endpoint's object is asked to do, or a
 * queue. Written before it is asked, so that nothing is done without an entry; the entry says what was asked for.
 */
export async function recordAct(db: Database, what: RecordedAct, act: Act): Promise<void> {
  await actEntries(db, what, act, sql`TRUE`);
}

/**
 * The same as a statement for the batch of the change, for changes of tables that are not audited. `when` is asked of
 * each resource, whose id it finds as `value ->> 1`.
 */
export function actEntries(db: Database, what: RecordedAct, act: Act, when: SQL) {
  const ids = what.resourceIds.map((resourceId) => [newEntryId(act.now), resourceId]);
  return insertEntries(db, ids, what, act, act.now, when);
}

/**
 * The same of one resource, as a row for a batch of those (db/rows.ts). `id` is made before, so that whoever wrote the batch
 * can see whether the act was done.
 */
export function actRow(
  { id, resourceId, ...what }: Omit<RecordedAct, "resourceIds"> & { id: string; resourceId: string },
  act: Act,
  when: SQL,
): RowWrite {
  const { organizationId, action, resourceType } = what;
  const entry = { organizationId, id, at: act.now, actor: actorText(act.actor), action, resourceType, resourceId };
  const request = { address: act.address ?? null, requestId: act.requestId ?? null };
  return insertRow(auditLog, { ...entry, ...request, before: textOf(what.before), after: textOf(what.after) }, when);
}

/** Whether an entry is in the log. */
export async function hasEntry(db: Database, organizationId: string, id: string): Promise<boolean> {
  const named = and(eq(auditLog.organizationId, organizationId), eq(auditLog.id, id));
  return (await db.select({ id: auditLog.id }).from(auditLog).where(named).get()) !== undefined;
}

/**
 * Records that the actor was given links to these recordings, or the audio itself: one entry per actor, recording and
 * hour; of what redaction takes out of it, and minute.
 */
export async function recordPlayback(
  db: Database,
  what: {
    organizationId: string;
    recordingIds: readonly string[];
    action: keyof typeof PLAYBACKS;
  },
  act: Act,
): Promise<void> {
  const { organizationId, recordingIds, action } = what;
  if (recordingIds.length === 0) return;
  const { span, ending } = PLAYBACKS[action];
  // The start of the span is the entry's time, so that the same entry has the same id and its place in the order.
  const start = act.now - (act.now % span);
  const ids = recordingIds.map((id) => [`${entryIdAt(start)}_${actorText(act.actor)}_${id}${ending}`, id]);
  await insertEntries(db, ids, { organizationId, action, resourceType: "recording" }, act, start);
}

/** What is one entry, and how its id ends. */
const PLAYBACKS = {
  "recording.link_issued": { span: HOUR, ending: "" },
  "recording.played": { span: HOUR, ending: "_played" },
  "recording.original_played": { span: MINUTE, ending: "_original" },
} as const satisfies Partial<Record<RecordedAction, unknown>>;

function insertEntries(
  db: Database,
  ids: readonly (readonly string[])[],
  what: Omit<RecordedAct, "resourceIds">,
  act: Act,
  at: number,
  when: SQL = sql`TRUE`,
) {
  const { organizationId, action, resourceType } = what;
  return db.run(sql`INSERT OR IGNORE INTO ${auditLog}
      (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
    SELECT ${organizationId}, value ->> 0, ${at}, ${actorText(act.actor)}, ${action}, ${resourceType}, value ->> 1,
      ${textOf(what.before)}, ${textOf(what.after)}, ${act.address ?? null}, ${act.requestId ?? null}
    FROM json_each(${JSON.stringify(ids)}) WHERE ${when}`);
}

function textOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function pageOf(found: AuditEntry[], limit: number, edge: { id: string; at: number } | undefined): AuditPage {
  const rows = found.slice(0, limit);
  if (found.length > limit) return { rows, next: rows.at(-1)?.id ?? null, scannedUntil: null };
  return { rows, next: edge?.id ?? null, scannedUntil: edge?.at ?? null };
}

function rangeOf({
  organizationId,
  filter: { from, until },
  after,
  order = "descending",
}: AuditQuery): SQL | undefined {
  return and(
    eq(auditLog.organizationId, organizationId),
    from === undefined ? undefined : gte(auditLog.id, entryIdAt(from)),
    until === undefined ? undefined : lt(auditLog.id, entryIdAt(until)),
    isAfter(auditLog.id, order, after),
  );
}

function matchOf({ actor, action, resourceType, resourceId }: AuditFilter): SQL | undefined {
  return and(
    actor === undefined ? undefined : eq(auditLog.actor, actor),
    action === undefined ? undefined : eq(auditLog.action, action),
    resourceType === undefined ? undefined : eq(auditLog.resourceType, resourceType),
    resourceId === undefined ? undefined : eq(auditLog.resourceId, resourceId),
  );
}

/** The database with whatever is written to it in the audit log as done by this act. */
export function auditedDatabase(db: Database, { actor, now, address = null, requestId }: Act): Database {
  const by = { actor: actorText(actor), address, requestId: requestId ?? null, at: now };
  return openDatabase(auditedBinding(db.$client, by));
}
