import { and, asc, desc, eq, gt, gte, lt, lte, sql, type SQL } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inbound, type InboundForm, type InboundOutcome } from "../../db/schema";
import { firstInboundIdAt } from "./id";
import { viewColumns, type InboundView } from "./view";

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

export type InboundSearch = {
  organizationId: string;
  filter: InboundFilter;
  limit: number;
  order: "newest" | "oldest";
  /** The id to go on after, in this order. */
  after?: string;
};

export type FoundInbound = InboundView & { hasBody: boolean };

export type InboundPage = {
  rows: FoundInbound[];
  /** The id to go on after; null at the end. */
  next: string | null;
  /** When the last request looked at came (milliseconds), where a search ended before it found enough; null otherwise. */
  scannedUntil: number | null;
};

/** Requests looked at in one search. Each is a row D1 bills, and reads past the body to see what became of it. */
export const MAX_SCANNED = 5_000;
/** The same where bodies are searched: they may be 100 kB each. */
export const MAX_SCANNED_BODIES = 1_000;

/**
 * A page of an organization's logged requests. Time and outcome are found by index (outcomes other than accepted have one
 * of their own); every other filter looks at request after request, and at so many only: a page can be short, even empty,
 * and still have a `next`.
 */
export async function searchInbound(db: Database, search: InboundSearch, scan = scanOf(search)): Promise<InboundPage> {
  const { limit, order } = search;
  const direction = order === "newest" ? desc(inbound.id) : asc(inbound.id);
  const range = rangeOf(search);
  const matching = matchOf(search.filter);
  const columns = { ...viewColumns, hasBody: sql<boolean>`${inbound.body} IS NOT NULL`.mapWith(Boolean) };
  const wanted = (condition: SQL | undefined) =>
    db
      .select(columns)
      .from(inbound)
      .where(condition)
      .orderBy(direction)
      .limit(limit + 1);
  if (!matching) return pageOf(await wanted(range), limit, undefined);
  const edge = db
    .select({ id: inbound.id, receivedAt: inbound.receivedAt })
    .from(inbound)
    .where(range)
    .orderBy(direction)
    .limit(1)
    .offset(scan - 1);
  const edgeId = sql`(SELECT id FROM (${edge}))`;
  const within =
    order === "newest" ? gte(inbound.id, sql`coalesce(${edgeId}, '')`) : lte(inbound.id, sql`coalesce(${edgeId}, '~')`);
  const [rows, [last]] = await db.batch([wanted(and(range, matching, within)), edge]);
  return pageOf(rows, limit, last);
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

/** What an index finds. The index of exceptions is taken only where its own condition stands in the query, literally. */
function rangeOf({ organizationId, filter: { outcome, from, until }, after, order }: InboundSearch): SQL | undefined {
  const isException = outcome !== undefined && outcome !== "accepted";
  return and(
    eq(inbound.organizationId, organizationId),
    isException ? and(eq(inbound.outcome, outcome), sql`${inbound.outcome} <> 'accepted'`) : undefined,
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
