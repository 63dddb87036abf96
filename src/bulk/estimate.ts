import { and, eq, isNotNull, sql } from "drizzle-orm";
import { costOf, DEFAULT_ENGINE, enginePrices, type OfferedEngines } from "../analysis";
import { callsWithin, ofOrganization } from "../calls";
import { readRedactions } from "../campaigns";
import type { Database } from "../db/client";
import { analyses, calls, campaigns } from "../db/schema";
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
  /** What each engine would cost, in millionths of a dollar. `model`: null for the one that it is set to. */
  prices: readonly { engine: string; model: string | null; micros: number }[];
};

type Deps = SearchDeps & { offeredEngines: OfferedEngines };

/**
 * Estimates the cost from what was measured when the calls were first analysed, of at most 1,000 of them. A server that is
 * handed recordings is paid by their length, every other engine by the speech in them; a language model twice, where a
 * campaign has its calls summed up.
 */
export async function estimateAnalyses(deps: Deps, within: Within, selection: Selection): Promise<Estimate> {
  // One more says whether there are more.
  const found = await nextCalls(deps, within, selection, { cursor: null, limit: MAX_SELECTED + 1 });
  const ids = found.ids.slice(0, MAX_SELECTED);
  const { db, offeredEngines } = deps;
  const [measured, prices, redactions] = await Promise.all([
    measure(db, within, ids),
    enginePrices(db, offeredEngines, within.organizationId),
    readRedactions(db, within.organizationId),
  ]);
  const redacts = redactions.organization.length > 0 || redactions.campaigns.size > 0;
  const { calls: heard, soundMs, speechMs, summedMs } = measured;
  const priced = prices.map(({ name: engine, model, byLength, isModel, microsPerMinute }) => {
    const sent = byLength ? soundMs : speechMs + (isModel ? summedMs : 0);
    return { engine, model, micros: costOf(sent, microsPerMinute) };
  });
  return {
    calls: heard,
    soundMs,
    speechMs,
    more: found.cursor !== null || found.ids.length > ids.length,
    prices: [...priced, MEASURES, ...(redacts ? [FREE] : [])],
  };
}

/** The built-in engine costs no more than the time of the Worker. It measures what its earlier versions did. */
const MEASURES = { engine: DEFAULT_ENGINE.name, model: null, micros: 0 };

/** The step that mutes recordings is Trunkline's own. It is for those who have anything taken out. */
const FREE = { engine: REDACTION_ENGINE, model: null, micros: 0 };

async function measure(
  db: Database,
  { organizationId, reach }: Within,
  ids: readonly string[],
): Promise<Pick<Estimate, "calls" | "soundMs" | "speechMs"> & { summedMs: number }> {
  if (ids.length === 0) return { calls: 0, soundMs: 0, speechMs: 0, summedMs: 0 };
  const speech = sql`(SELECT sum(channel.value ->> 'talkSeconds') FROM json_each(${analyses.findings}, '$.channels') AS channel)`;
  const row = await db
    .select({
      calls: sql<number>`count(DISTINCT ${calls.id})`,
      sound: sql<number>`coalesce(sum(${analyses.findings} ->> 'durationSeconds'), 0)`,
      speech: sql<number>`coalesce(sum(${speech}), 0)`,
      summed: sql<number>`coalesce(sum(CASE WHEN ${campaigns.settings} ->> 'sumUp' THEN ${speech} END), 0)`,
    })
    .from(calls)
    .innerJoin(analyses, eq(analyses.callId, calls.id))
    .leftJoin(campaigns, and(eq(campaigns.organizationId, organizationId), eq(campaigns.id, calls.campaignId)))
    .where(and(...ofOrganization(organizationId, ids), callsWithin(reach), isNotNull(analyses.findings)))
    .get();
  const inMs = (seconds: number | undefined) => Math.round((seconds ?? 0) * 1000);
  return {
    calls: row?.calls ?? 0,
    soundMs: inMs(row?.sound),
    speechMs: inMs(row?.speech),
    summedMs: inMs(row?.summed),
  };
}
