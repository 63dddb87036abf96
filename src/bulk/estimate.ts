import { and, eq, isNotNull, sql } from "drizzle-orm";
import { costOf, enginePrices, type OfferedEngines } from "../analysis";
import { callsWithin, ofOrganization } from "../calls";
import { readRedactions } from "../campaigns";
import type { Database } from "../db/client";
import { analyses, calls } from "../db/schema";
import type { Within } from "../identity";
import { REDACTION_ENGINE } from "../recordings";
import type { SearchDeps } from "../search";
import { MAX_SELECTED, nextCalls, type Selection } from "./selection";

/** What it costs to have engines hear calls again. */
export type Estimate = {
  /** Calls that have a recording which was analysed: only these are heard again. */
  calls: number;
  /** Length of their recordings, and speech in all of their channels. In milliseconds. */
  soundMs: number;
  speechMs: number;
  /** Whether there are more calls than were looked at. */
  more: boolean;
  /** By engine, in millionths of a dollar. */
  micros: ReadonlyMap<string, number>;
};

type Deps = SearchDeps & { offeredEngines: OfferedEngines };

/**
 * Estimates the cost from what was measured when the calls were first analysed, of at most 1,000 of them. A server that is
 * handed recordings is paid by their length, every other engine by the speech in them.
 */
export async function estimateAnalyses(deps: Deps, within: Within, selection: Selection): Promise<Estimate> {
  const { ids, cursor } = await nextCalls(deps, within, selection, { cursor: null, limit: MAX_SELECTED });
  const { db, offeredEngines } = deps;
  const [measured, prices, redactions] = await Promise.all([
    measure(db, within, ids),
    enginePrices(db, offeredEngines, within.organizationId),
    readRedactions(db, within.organizationId),
  ]);
  const redacts = redactions.organization.length > 0 || redactions.campaigns.size > 0;
  const { calls: heard, soundMs, speechMs } = measured;
  const micros = prices.map(
    ({ name, byLength, microsPerMinute }) => [name, costOf(byLength ? soundMs : speechMs, microsPerMinute)] as const,
  );
  return {
    calls: heard,
    soundMs,
    speechMs,
    more: cursor !== null,
    micros: new Map(redacts ? [...micros, FREE] : micros),
  };
}

/** The step that mutes recordings is Trunkline's own. It is for those who have anything taken out. */
const FREE: readonly [string, number] = [REDACTION_ENGINE, 0];

async function measure(
  db: Database,
  { organizationId, reach }: Within,
  ids: readonly string[],
): Promise<Pick<Estimate, "calls" | "soundMs" | "speechMs">> {
  if (ids.length === 0) return { calls: 0, soundMs: 0, speechMs: 0 };
  const speech = sql`(SELECT sum(channel.value ->> 'talkSeconds') FROM json_each(${analyses.findings}, '$.channels') AS channel)`;
  const row = await db
    .select({
      calls: sql<number>`count(DISTINCT ${calls.id})`,
      sound: sql<number>`coalesce(sum(${analyses.findings} ->> 'durationSeconds'), 0)`,
      speech: sql<number>`coalesce(sum(${speech}), 0)`,
    })
    .from(calls)
    .innerJoin(analyses, eq(analyses.callId, calls.id))
    .where(and(...ofOrganization(organizationId, ids), callsWithin(reach), isNotNull(analyses.findings)))
    .get();
  const inMs = (seconds: number | undefined) => Math.round((seconds ?? 0) * 1000);
  return { calls: row?.calls ?? 0, soundMs: inMs(row?.sound), speechMs: inMs(row?.speech) };
}
