import type { BatchItem } from "drizzle-orm/batch";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { and, eq, getTableColumns, inArray, isNotNull, isNull, or, sql, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { comesAfter, type Order } from "../db/order";
import { analyses, calls, operators, recordings, tasks } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";
import { foldName } from "../lib/fold-name";
import { taskIdIn } from "./ids";
import { byBeginning, rangeOf, readPage, type ScannedPage } from "./scan";
import type { CallHead, CallRow } from "./snapshot";
import { beganWithin, callsWithin, ofOrganization } from "./within-reach";

/** What is wrong with a call: a recording of it was given up, or could not be analysed. */
export const CALL_FLAGS = ["no_recording", "no_analysis"] as const;
export type CallFlag = (typeof CALL_FLAGS)[number];

export type CallFilter = {
  /** Among these alone. */
  ids?: readonly string[];
  state?: CallRow["state"];
  campaignId?: string;
  operatorId?: string;
  /** The team that has or had the task of the call, as reports count it. */
  teamId?: string;
  direction?: NonNullable<CallRow["direction"]>;
  /** Whether the call is in quarantine. */
  quarantined?: boolean;
  sourceId?: string;
  flag?: CallFlag;
  /** Normalized (tags.ts). */
  tag?: string;
  /** Milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
  /** Either party, exactly as the platform wrote it or in E.164. */
  number?: string;
  /** The last digits of either party's number, or a part of the operator's name. */
  search?: string;
};

/** The position of a page: after the call that began at this time and has this id. */
export type CallPosition = { startedAt: number; id: string };

const { conversation: _, unmasked: __, ...headColumns } = getTableColumns(calls);

/** A call without what is large. */
export const HEAD_COLUMNS = headColumns;

/** What a line of a list shows of a call, or is found by. A row costs by its columns, on its way from D1 above all. */
const LINE_COLUMNS = {
  id: calls.id,
  organizationId: calls.organizationId,
  campaignId: calls.campaignId,
  quarantine: calls.quarantine,
  state: calls.state,
  direction: calls.direction,
  fromRaw: calls.fromRaw,
  fromE164: calls.fromE164,
  toRaw: calls.toRaw,
  toE164: calls.toE164,
  error: calls.error,
  startedAt: calls.startedAt,
  durationSeconds: calls.durationSeconds,
  talkSeconds: calls.talkSeconds,
  talkStrip: calls.talkStrip,
  tags: calls.tags,
  operatorName: calls.operatorName,
  operatorReference: calls.operatorReference,
};

/** A call as a line of a list has it. */
export type CallLine = Pick<CallHead, keyof typeof LINE_COLUMNS>;

type ListQuery = Within & {
  filter?: CallFilter;
  also?: SQL | undefined;
  limit: number;
  after?: CallPosition;
  order?: Order;
};

/**
 * The organization's calls within a reach, newest first where no order is given, without their conversations. Time, and one of campaign,
 * operator and quarantine, are found by index, and those of `ids` by their key; more than that scans `MAX_SCANNED_CALLS` calls
 * per page. `also`: what else must be true of the columns of `calls`, for rooms that know more of calls than this one.
 */
export function listCalls(db: Database, query: ListQuery): Promise<ScannedPage<CallHead>> {
  return listed(db, query, (where, by) =>
    db.select(headColumns).from(calls).where(where).orderBy(by).limit(query.limit),
  );
}

/** The same, of each call what a line of a list shows. */
export function listCallLines(db: Database, query: ListQuery): Promise<ScannedPage<CallLine>> {
  return listed(db, query, (where, by) =>
    db.select(LINE_COLUMNS).from(calls).where(where).orderBy(by).limit(query.limit),
  );
}

async function listed<Row>(
  db: Database,
  query: ListQuery,
  rows: (where: SQL | undefined, by: SQL) => BatchItem<"sqlite"> & PromiseLike<Row[]>,
): Promise<ScannedPage<Row>> {
  const { organizationId, reach, limit, after, order = "descending" } = query;
  const { quarantined, ...filter } = query.filter ?? {};
  const position =
    after && sql`(${calls.startedAt}, ${calls.id}) ${comesAfter(order)} (${after.startedAt}, ${after.id})`;
  const pageWhere = (where: SQL | undefined) => rows(and(where, position), byBeginning(order));
  if (filter.ids) {
    const { campaignId, operatorId } = filter;
    const where = and(
      sql`+${calls.organizationId} = ${organizationId}`,
      callsWithin(reach),
      beganWithin(filter),
      campaignId === undefined ? undefined : sql`+${calls.campaignId} = ${campaignId}`,
      operatorId === undefined ? undefined : sql`+${calls.operatorId} = ${operatorId}`,
      callsMatching(organizationId, { ...filter, quarantined }),
      query.also,
    );
    return { rows: await pageWhere(where), scannedTo: null };
  }
  const { from, to, campaignId, operatorId } = filter;
  const found = { from, to, campaignId, operatorId, after, order, waiting: quarantined === true };
  const range = rangeOf({ organizationId, reach, ...found });
  // The index has those in quarantine.
  const matching = and(
    callsMatching(organizationId, { ...filter, ...(quarantined === false && { quarantined }) }),
    query.also,
  );
  return readPage<Row>(db, range, { limit, matching }, pageWhere);
}

/** SQL that is true for the calls of a filter, by the columns of `calls`: all of it but time, campaign and operator. */
export function callsMatching(organizationId: string, filter: CallFilter): SQL | undefined {
  const { ids, state, direction, number, search, tag } = filter;
  return and(
    ids && inArray(calls.id, valueList(ids)),
    state && eq(calls.state, state),
    direction && eq(calls.direction, direction),
    number === undefined ? undefined : hasNumber(number),
    isMarked(filter),
    tag === undefined ? undefined : sql`EXISTS (SELECT 1 FROM json_each(${calls.tags}) WHERE value = ${tag})`,
    search === undefined ? undefined : isFoundBy(search, organizationId),
  );
}

type ReadQuery = Within & { ids: readonly string[]; also?: SQL | undefined } & Marks;

/** Calls of the organization within a reach, by their ids; those of them that are marked so, and of which `also` is true. */
export async function readCallHeads(db: Database, query: ReadQuery): Promise<CallHead[]> {
  return db.select(headColumns).from(calls).where(readWhere(query));
}

/** The same, of each call what a line of a list shows. */
export async function readCallLines(db: Database, query: ReadQuery): Promise<CallLine[]> {
  return db.select(LINE_COLUMNS).from(calls).where(readWhere(query));
}

function readWhere({ organizationId, reach, ids, also, ...marks }: ReadQuery): SQL | undefined {
  return and(...ofOrganization(organizationId, ids), callsWithin(reach), isMarked(marks), also);
}

/** What platforms sent of the conversations of these calls; those that have none are left out. */
export async function readConversations(
  db: Database,
  query: Within & { ids: readonly string[] },
): Promise<Pick<CallRow, "id" | "startedAt" | "conversation">[]> {
  const { organizationId, reach, ids } = query;
  return db
    .select({ id: calls.id, startedAt: calls.startedAt, conversation: calls.conversation })
    .from(calls)
    .where(and(...ofOrganization(organizationId, ids), callsWithin(reach), isNotNull(calls.conversation)));
}

/** What of a filter the search index does not know. */
export type Marks = Pick<CallFilter, "sourceId" | "flag" | "quarantined" | "teamId">;

function isMarked({ sourceId, flag, quarantined, teamId }: Marks): SQL | undefined {
  return and(
    quarantined === undefined ? undefined : (quarantined ? isNotNull : isNull)(calls.quarantine),
    sourceId === undefined ? undefined : eq(calls.sourceId, sourceId),
    flag && hasFailed(flag === "no_recording" ? recordings : analyses),
    teamId === undefined ? undefined : hasTaskOf(teamId),
  );
}

// By the key of tasks: one row of each call that is looked at. A call has one task, whose id is made of its own.
function hasTaskOf(teamId: string): SQL {
  return sql`EXISTS (SELECT 1 FROM ${tasks} AS task WHERE task.id = ${taskIdIn(calls.id)}
    AND task.team_id = ${teamId})`;
}

function hasFailed(part: typeof recordings | typeof analyses): SQL {
  return sql`EXISTS (SELECT 1 FROM ${part} AS part WHERE part.call_id = ${calls.id} AND part.state = 'failed')`;
}

/** What has so many digits and no letter is a number that someone looks for. */
const FEWEST_DIGITS = 3;

function isFoundBy(search: string, organizationId: string): SQL | undefined {
  const digits = search.replace(/\D/g, "");
  const isNumber = digits.length >= FEWEST_DIGITS && !/\p{L}/u.test(search);
  return isNumber ? endsWithDigits(digits) : hasOperatorNamed(search, organizationId);
}

// Not LIKE: D1 limits a pattern to 50 bytes.
function endsWithDigits(digits: string): SQL | undefined {
  const ends = (text: SQL | SQLiteColumn) => sql`substr(${text}, ${-digits.length}) = ${digits}`;
  const plain = (raw: SQLiteColumn) =>
    sql`replace(replace(replace(replace(replace(${raw}, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')`;
  return or(ends(plain(calls.fromRaw)), ends(calls.fromE164), ends(plain(calls.toRaw)), ends(calls.toE164));
}

function hasOperatorNamed(name: string, organizationId: string): SQL {
  return sql`${calls.operatorId} IN (SELECT id FROM ${operators}
    WHERE organization_id = ${organizationId} AND instr(folded_name, ${foldName(name)}) > 0)`;
}

function hasNumber(number: string): SQL | undefined {
  return or(eq(calls.fromRaw, number), eq(calls.fromE164, number), eq(calls.toRaw, number), eq(calls.toE164, number));
}
