import { and, eq, sql, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "../db/client";
import { comesAfter, inOrder, type Order } from "../db/order";
import { calls } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Reach } from "../identity";
import type { CallPosition } from "./list";
import { beganWithin } from "./within-reach";

// Lists of calls, and of records of calls, go through the organization's calls, newest first. With a filter that has an
// index (time, campaign, operator, quarantine) a page reads only what it shows. Every other filter scans the calls, a
// limited number per page, so a page can be short or even empty and still not be the last. A limit to several campaigns
// or operators is a scan of the first calls of each. In the other order all of it is the same from the other end.

/**
 * The number of calls scanned for one page. Each is a row that D1 bills, and takes some microseconds of its one thread.
 */
export const MAX_SCANNED_CALLS = 2_000;

/** Of many campaigns or operators, each is scanned as far as this at least. */
const LEAST_OF_EACH = 50;

/** The filters that have an index on calls. Times in milliseconds; `from` is included, `to` is not. */
export type IndexedFilter = {
  organizationId: string;
  reach: Reach;
  campaignId?: string;
  operatorId?: string;
  waiting?: boolean;
  from?: number;
  to?: number;
  after?: CallPosition;
  /** By when calls began. Without it the newest come first. */
  order?: Order;
};

/**
 * A page of rows. `scannedTo` is the last call scanned where the scan ended before the page was full; null otherwise.
 */
export type ScannedPage<Row> = { rows: Row[]; scannedTo: CallPosition | null };

/** What the rows of a page are among. */
export type CallRange = {
  found: SQL;
  /** Each of these campaigns or operators has its place in an index. */
  each?: { column: typeof calls.campaignId | typeof calls.operatorId; values: readonly string[] };
  /** What the index of `each` does not have. */
  also?: SQL;
  order: Order;
};

/** The calls that the indexed filters select, within the reach of whoever asks. */
export function rangeOf(filter: IndexedFilter): CallRange {
  const { organizationId, reach, waiting, after, order = "descending" } = filter;
  const campaigns = chosen(reach.campaigns, filter.campaignId);
  const operators = chosen(reach.operators, filter.operatorId);
  const inQuarantine = waiting === true ? sql`${calls.quarantine} IS NOT NULL` : undefined;
  // The conditions of partial indexes are literals: SQLite uses such an index only where the query contains its
  // condition.
  const found =
    and(
      eq(calls.organizationId, organizationId),
      campaigns === null && operators === null ? inQuarantine : undefined,
      beganWithin(filter),
      after && sql`(${calls.startedAt}, ${calls.id}) ${comesAfter(order)}= (${after.startedAt}, ${after.id})`,
    ) ?? sql`TRUE`;
  if (operators !== null) {
    const inCampaigns = campaigns === null ? undefined : sql`${calls.campaignId} IN ${valueList(campaigns)}`;
    return {
      found,
      each: { column: calls.operatorId, values: operators },
      also: and(inCampaigns, inQuarantine),
      order,
    };
  }
  if (campaigns !== null)
    return { found, each: { column: calls.campaignId, values: campaigns }, also: and(inQuarantine), order };
  return { found, order };
}

/**
 * A page of the range. `rows` makes its query, in the order of the calls, from SQL that is true for the calls that may
 * be in it; it reads one row more than the page has. `matching`: what has no index.
 */
export async function readPage<Row>(
  db: Database,
  range: CallRange,
  { limit, matching }: { limit: number; matching?: SQL },
  rows: (where: SQL | undefined) => BatchItem<"sqlite"> & PromiseLike<Row[]>,
): Promise<ScannedPage<Row>> {
  const merged = isMerged(range);
  if (!matching && !merged) return { rows: await rows(inItsOrder(range)), scannedTo: null };
  const scanned = merged ? firstOfEach(range) : firstOf(inItsOrder(range), range.order);
  const among = sql`${calls.id} IN (${scanned.ids})`;
  const [page, ends] = await db.batch([rows(and(among, range.also, matching)), lastScanned(db, scanned)]);
  const [end] = ends as CallPosition[];
  return { rows: page as Row[], scannedTo: (page as Row[]).length < limit && end ? end : null };
}

/** SQL that is true for the calls of a range that can be counted, and SQL that is true where there may be more. */
export function countable(range: CallRange): { where: SQL; isCut: SQL } {
  if (!isMerged(range)) return { where: inItsOrder(range), isCut: sql`FALSE` };
  const { ids, isLast } = firstOfEach(range);
  return {
    where: sql`${and(sql`${calls.id} IN (${ids})`, range.also)}`,
    isCut: sql`EXISTS (SELECT 1 FROM ${calls} WHERE ${isLast})`,
  };
}

/** Whether no one index has the range in its order. */
function isMerged({ each, also }: CallRange): boolean {
  return also !== undefined || (each?.values.length ?? 0) > 1;
}

/** SQL that is true for the calls of a range that one index has in their order. */
function inItsOrder({ found, each }: CallRange): SQL {
  if (!each) return found;
  const [value] = each.values;
  return value === undefined ? sql`FALSE` : sql`${found} AND ${ofOne(each.column, sql`${value}`)}`;
}

function ofOne(column: NonNullable<CallRange["each"]>["column"], value: SQL): SQL {
  return sql`${column} IS NOT NULL AND ${column} = ${value}`;
}

/** The calls that a scan looks at, as a query for ids, and the last of them, as SQL that is true for no other. */
type Scan = { ids: SQL; isLast: SQL; idOfLast: SQL<string>; offset: number; order: Order };

function firstOf(range: SQL, order: Order): Scan {
  return {
    ids: sql`SELECT id FROM ${calls} WHERE ${range} ORDER BY ${byBeginning(order)} LIMIT ${MAX_SCANNED_CALLS}`,
    isLast: range,
    idOfLast: sql<string>`${calls.id}`,
    offset: MAX_SCANNED_CALLS - 1,
    order,
  };
}

/** The order of calls: by when they began, those that began at once by id. */
export function byBeginning(order: Order): SQL {
  return sql`${inOrder(calls.startedAt, order)}, ${inOrder(calls.id, order)}`;
}

/**
 * The first calls of each campaign or operator, as far as all of them are looked at. Where something else must
 * match too, the last call may be one that is beyond the reach of whoever asks: it is then named by its moment alone,
 * unless all that was scanned began in that moment.
 */
function firstOfEach({ found, each, also, order }: CallRange): Scan {
  if (!each) throw new Error("a range without campaigns and operators has an index of its own");
  const perValue = Math.max(LEAST_OF_EACH, Math.ceil(MAX_SCANNED_CALLS / Math.max(1, each.values.length)));
  const ofGiven = sql`${found} AND ${ofOne(each.column, sql`given.value`)}`;
  const given = sql`json_each(${JSON.stringify(each.values)}) AS given`;
  const nth = (column: SQL, offset: number) =>
    sql`SELECT ${column} FROM ${calls} WHERE ${ofGiven} ORDER BY ${byBeginning(order)} LIMIT 1 OFFSET ${offset}`;
  const { outermost, notAfter, ofMoment, end } = order === "ascending" ? OLDEST_FIRST : NEWEST_FIRST;
  const first = sql`(SELECT ${outermost}((${nth(sql`started_at`, 0)})) FROM ${given})`;
  const idOfLast = also
    ? sql<string>`CASE WHEN ${calls.startedAt} ${comesAfter(order)} ${first} THEN ${ofMoment} ELSE ${calls.id} END`
    : sql<string>`${calls.id}`;
  const isLast = sql`${calls.id} IN (SELECT (${nth(sql`id`, perValue - 1)}) FROM ${given})`;
  const last = sql`SELECT started_at, ${idOfLast} AS id FROM ${calls} WHERE ${isLast}
    ORDER BY ${byBeginning(order)} LIMIT 1`;
  const until = sql`(SELECT coalesce(last.started_at, ${end.moment}), coalesce(last.id, ${end.id})
    FROM (SELECT 1) LEFT JOIN (${last}) AS last)`;
  return {
    ids: sql`SELECT ${calls.id} FROM ${given} CROSS JOIN ${calls}
      WHERE ${ofGiven} AND (${calls.startedAt}, ${calls.id}) ${notAfter} ${until}`,
    isLast,
    idOfLast,
    offset: 0,
    order,
  };
}

/** What differs between the directions: which of several is the first, the id of a moment as such, and the last place. */
const NEWEST_FIRST = {
  outermost: sql`max`,
  notAfter: sql`>=`,
  ofMoment: sql`'~'`,
  end: { moment: Number.MIN_SAFE_INTEGER, id: "" },
};
const OLDEST_FIRST = {
  outermost: sql`min`,
  notAfter: sql`<=`,
  ofMoment: sql`''`,
  end: { moment: Number.MAX_SAFE_INTEGER, id: "~" },
};

/** The last call of a complete scan; no row where the range ends before. */
function lastScanned(db: Database, { isLast, idOfLast, offset, order }: Scan) {
  return db
    .select({ startedAt: calls.startedAt, id: idOfLast })
    .from(calls)
    .where(isLast)
    .orderBy(byBeginning(order))
    .limit(1)
    .offset(offset);
}

function chosen(reached: readonly string[] | null, wanted: string | undefined): readonly string[] | null {
  if (wanted === undefined) return reached;
  return reached === null || reached.includes(wanted) ? [wanted] : [];
}
