import { and, asc, desc, eq, gt, gte, lt, lte, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound, type InboundForm, type InboundOutcome } from "../../db/schema";
import type { Within } from "../../identity";
import { firstInboundIdAt, viewColumns, type InboundView } from "./request";
import { eventColumn, externalIdOfCall, nothing } from "./names";
import { inboundWithin } from "./within-reach";

/** What a request must be like. Each filter is optional, and all given must match. */
export type InboundFilter = {
  outcome?: InboundOutcome;
  reason?: string;
  sourceId?: string;
  sourceKind?: string;
  /** The HTTP status the sender was answered with. */
  status?: number;
  callId?: string;
  form?: InboundForm;
  /** Stands in the body, in any case of A to Z. Bodies in R2 (above 100 kB) are not looked into. */
  text?: string;
  /** Arrived at or after, in milliseconds. */
  from?: number;
  /** Arrived before, in milliseconds. */
  until?: number;
};

export type InboundSearch = Within & {
  filter: InboundFilter;
  limit: number;
  order: "newest" | "oldest";
  /** The id to go on after, in this order. */
  after?: string;
  /** Whether rows name their call and their event, too. */
  named?: boolean;
};

/**
 * A request that was found. The external id of its call is null where the call is gone, the event where its platform named none;
 * both where they were not asked for.
 */
export type FoundInbound = InboundView & { hasBody: boolean; callExternalId: string | null; event: string | null };

export type InboundPage = {
  rows: FoundInbound[];
  /** The id to go on after; null at the end. */
  next: string | null;
  /**
   * When the last request looked at came (milliseconds), where a search ended before it found enough; null otherwise.
   */
  scannedUntil: number | null;
};

/** Requests looked at in one search. Each is a row D1 bills, and reads past the body to see what became of it. */
export const MAX_SCANNED = 5_000;
/** The same where bodies are searched: they may be 100 kB each. */
export const MAX_SCANNED_BODIES = 1_000;

/**
 * A page of an organization's logged requests. Time and outcome are found by index (outcomes other than accepted have
 * one of their own); every other filter looks at request after request, and at so many only: a page can be short, even
 * empty, and still have a `next`.
 */
export async function searchInbound(db: Database, search: InboundSearch, scan = scanOf(search)): Promise<InboundPage> {
  const { organizationId, limit, order } = search;
  const within = await inboundWithin(db, search);
  const matching = and(matchOf(search.filter), within);
  const edgeId = idsOf(search, sql`1 OFFSET ${scan - 1}`);
  const rows = db
    .select({
      ...viewColumns,
      hasBody: sql<boolean>`${inbound.body} IS NOT NULL`.mapWith(Boolean),
      callExternalId: search.named ? externalIdOfCall : nothing,
      event: search.named ? eventColumn() : nothing,
    })
    .from(inbound)
    .where(and(withinOf(search, matching ? scan : undefined), matching))
    .orderBy(order === "newest" ? desc(inbound.id) : asc(inbound.id))
    .limit(limit + 1);
  if (!matching) return pageOf(await rows, limit, undefined);
  const edge = db
    .select({ id: inbound.id, receivedAt: inbound.receivedAt })
    .from(inbound)
    .where(and(eq(inbound.organizationId, organizationId), sql`${inbound.id} = (${edgeId})`));
  const [found, [last]] = await db.batch([rows, edge]);
  if (!within || !last || found.length > limit) return pageOf(found, limit, last);
  const place = momentOf(last, order);
  return place === search.after
    ? pageOf(found, limit, last)
    : pageOf(
        found.filter(({ id }) => (order === "newest" ? id >= place : id < place)),
        limit,
        { ...last, id: place },
      );
}

/**
 * Where a search goes on that ended at a request which may be beyond reach: at its moment, which all requests of that
 * moment are then found after, and not at its id.
 */
function momentOf({ receivedAt }: { receivedAt: number }, order: InboundSearch["order"]): string {
  return firstInboundIdAt(order === "newest" ? receivedAt + 1 : receivedAt);
}

function pageOf(
  found: FoundInbound[],
  limit: number,
  edge: { id: string; receivedAt: number } | undefined,
): InboundPage {
  const rows = found.slice(0, limit);
  if (found.length > limit) return { rows, next: rows.at(-1)?.id ?? null, scannedUntil: null };
  return { rows, next: edge?.id ?? null, scannedUntil: edge?.receivedAt ?? null };
}

function scanOf({ filter }: InboundSearch): number {
  return filter.text === undefined ? MAX_SCANNED : MAX_SCANNED_BODIES;
}

function isException({ outcome }: InboundFilter): boolean {
  return outcome !== undefined && outcome !== "accepted";
}

/** The requests to look at: all in range, or the first `scan` of them. */
function withinOf(search: InboundSearch, scan: number | undefined): SQL | undefined {
  // SQLite, which has no statistics here, would rather read the whole log by primary key than take the other index.
  if (isException(search.filter)) {
    const ids = idsOf(search, sql`${scan ?? search.limit + 1}`);
    return and(eq(inbound.organizationId, search.organizationId), sql`${inbound.id} IN (${ids})`);
  }
  const edge = sql`(${idsOf(search, sql`1 OFFSET ${(scan ?? 1) - 1}`)})`;
  const bound =
    search.order === "newest"
      ? gte(inbound.id, sql`coalesce(${edge}, '')`)
      : lte(inbound.id, sql`coalesce(${edge}, '~')`);
  return and(rangeOf(search), scan === undefined ? undefined : bound);
}

/** The ids in range, in order. */
function idsOf(search: InboundSearch, limit: SQL): SQL {
  const index = isException(search.filter) ? sql`INDEXED BY inbound_exceptions` : sql``;
  const direction = search.order === "newest" ? sql`DESC` : sql`ASC`;
  return sql`SELECT id FROM ${inbound} ${index} WHERE ${rangeOf(search)} ORDER BY id ${direction} LIMIT ${limit}`;
}

/** What an index finds. That of exceptions can be taken only where its own condition stands in the query, literally. */
function rangeOf({ organizationId, filter, after, order }: InboundSearch): SQL | undefined {
  const { outcome, from, until } = filter;
  return and(
    eq(inbound.organizationId, organizationId),
    outcome !== undefined && isException(filter)
      ? and(eq(inbound.outcome, outcome), sql`${inbound.outcome} <> 'accepted'`)
      : undefined,
    from === undefined ? undefined : gte(inbound.id, firstInboundIdAt(from)),
    until === undefined ? undefined : lt(inbound.id, firstInboundIdAt(until)),
    after === undefined ? undefined : order === "newest" ? lt(inbound.id, after) : gt(inbound.id, after),
  );
}

/** What has to be looked at request by request; undefined when there is nothing of that kind to match. */
function matchOf({ outcome, text, reason, sourceId, sourceKind, status, callId, form }: InboundFilter) {
  return and(
    outcome === "accepted" ? eq(inbound.outcome, outcome) : undefined,
    reason === undefined ? undefined : eq(inbound.reason, reason),
    sourceId === undefined ? undefined : eq(inbound.sourceId, sourceId),
    sourceKind === undefined ? undefined : eq(inbound.sourceKind, sourceKind),
    status === undefined ? undefined : eq(inbound.status, status),
    callId === undefined ? undefined : eq(inbound.callId, callId),
    form === undefined ? undefined : eq(inbound.form, form),
    // Not LIKE, whose patterns D1 limits to 50 bytes.
    text === undefined ? undefined : sql`instr(lower(CAST(${inbound.body} AS TEXT)), lower(${text})) > 0`,
  );
}
