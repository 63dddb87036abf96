import { analyses, calls } from "../db/schema";
import { comesAfter, inOrder, type Order } from "../db/order";
import { valueList } from "../db/value-list";
import type { AnalysisSnapshot } from "../events";
import { toIso } from "../lib/time";
import { enginesOf, publicState } from "./engine-run";
import { measuresOf } from "./measures-of";
import { NO_RECORDING } from "./scores/platform-findings";
import { snapshotScores } from "./scores/score-set";
import { and, eq, sql, type SQL } from "drizzle-orm";
import {
  beganWithin,
  byBeginning,
  callIdOfAnalysis,
  callsWithin,
  ofCallWithin,
  rangeOf,
  readPage,
  type ScannedPage,
} from "../calls";
import type { Database } from "../db/client";
import { notFound, type DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";

export type AnalysisRow = typeof analyses.$inferSelect;

/** The public shape of an analysis: its measures, without segments. */
export function snapshotAnalysis(row: AnalysisRow): AnalysisSnapshot {
  return {
    id: row.id,
    call_id: row.callId,
    recording_id: row.recordingId === NO_RECORDING ? null : row.recordingId,
    engine: row.engine,
    engine_version: row.engineVersion,
    state: publicState(row),
    reason: row.reason,
    engines: enginesOf(row),
    measures: row.findings === null ? null : measuresOf(row.findings),
    ...snapshotScores(row),
    completed_at: toIso(row.completedAt),
  };
}

/** One analysis of the organization, with its findings, if its call is within reach. */
export async function readAnalysis(
  db: Database,
  target: Within & { id: string },
): Promise<Result<AnalysisRow, DomainError>> {
  const row = await db
    .select()
    .from(analyses)
    .where(
      and(
        // The primary key starts with the call, which is part of the id.
        eq(analyses.callId, callIdOfAnalysis(target.id)),
        eq(analyses.id, target.id),
        eq(analyses.organizationId, target.organizationId),
        ofCallWithin(sql`${analyses.callId}`, target.reach),
      ),
    )
    .get();
  return row ? ok(row) : err(notFound("analysis"));
}

export type AnalysisFilter = {
  callId?: string;
  callIds?: readonly string[];
  state?: AnalysisSnapshot["state"];
  /** When the call began, in milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
};

function isInState(state: AnalysisSnapshot["state"]): SQL {
  const hasEnded = sql`${analyses.completedAt} IS NOT NULL`;
  if (state === "pending") return sql`${analyses.state} = 'pending' AND NOT ${hasEnded}`;
  return state === "completed"
    ? sql`(${analyses.state} = 'completed' OR ${analyses.state} = 'pending' AND ${hasEnded})`
    : eq(analyses.state, state);
}

/** The position of a page: after this analysis of the call that began at this time. */
export type AnalysisPosition = { startedAt: number; callId: string; id: string };

/** An analysis with the time its call began, by which the list is ordered, and the call's external id. */
export type ListedAnalysis<Row = AnalysisRow> = { analysis: Row; startedAt: number; reference: string };

/** What a list of calls shows of an analysis, or looks at. */
const LINE_COLUMNS = {
  id: analyses.id,
  callId: analyses.callId,
  recordingId: analyses.recordingId,
  state: analyses.state,
  reason: analyses.reason,
  engines: analyses.engines,
  risk: analyses.risk,
  completedAt: analyses.completedAt,
};

/** An analysis as a list of calls has it. */
export type AnalysisLine = Pick<AnalysisRow, keyof typeof LINE_COLUMNS>;

type ListQuery = Within & { filter?: AnalysisFilter; limit: number; after?: AnalysisPosition; order?: Order };

/**
 * The organization's analyses of calls within a reach, those of the newest calls first. A state is scanned for in a limited
 * number of calls per page.
 */
export function listAnalyses(db: Database, query: ListQuery): Promise<ScannedPage<ListedAnalysis>> {
  return listed(db, query, analyses);
}

/** The same, of each analysis what a list of calls shows. */
export function listAnalysisLines(db: Database, query: ListQuery): Promise<ScannedPage<ListedAnalysis<AnalysisLine>>> {
  return listed(db, query, LINE_COLUMNS as typeof analyses);
}

/** Rows have the columns that are asked for, and no others. */
async function listed(db: Database, query: ListQuery, columns: typeof analyses): Promise<ScannedPage<ListedAnalysis>> {
  const { organizationId, reach, after, filter = {}, limit, order = "descending" } = query;
  const { from, to } = filter;
  const place = after && { startedAt: after.startedAt, id: after.callId };
  const range = rangeOf({ organizationId, reach, after: place, from, to, order });
  const ofState = filter.state && isInState(filter.state);
  const rows = (where: SQL | undefined) =>
    db
      .select({ analysis: columns, startedAt: calls.startedAt, reference: calls.externalId })
      .from(calls)
      .innerJoin(analyses, eq(analyses.callId, calls.id))
      .where(
        and(
          where,
          eq(analyses.organizationId, organizationId),
          filter.callId === undefined ? undefined : eq(calls.id, filter.callId),
          filter.callIds && sql`${calls.id} IN ${valueList(filter.callIds)}`,
          after &&
            sql`(${calls.startedAt}, ${calls.id}, ${analyses.id}) ${comesAfter(order)} (${after.startedAt}, ${after.callId}, ${after.id})`,
        ),
      )
      .orderBy(byBeginning(order), inOrder(analyses.id, order))
      .limit(limit);
  const isOfCalls = filter.callId !== undefined || filter.callIds !== undefined;
  // Calls are found by their ids; the range, which an index could serve too, would be read to its end.
  if (isOfCalls) return { rows: await rows(and(callsWithin(reach), beganWithin(filter), ofState)), scannedTo: null };
  return readPage<ListedAnalysis>(db, range, { limit, matching: ofState }, rows);
}
