import { countCalls, groupWaiting, hasCalls, type CallCount, type WaitingGroup } from "../../calls";
import type { Database } from "../../db/client";
import {
  listEndpoints,
  MAX_ENDPOINTS,
  readHealth,
  readUndelivered,
  type EndpointHealth,
  type EndpointRow,
  type UndeliveredCount,
} from "../../delivery";
import { isLimited, may, type Caller, type Permission } from "../../identity";
import { DAY } from "../../lib/time";
import { readConnectors, type Integration } from "../../health";
import { platformOf } from "../../platforms";
import { lastDays, reportByTime, sumOfReport, type Sums } from "../../reports";
import { readSamples, type SampleState } from "../../samples";
import { listSources, readSourceHealth, SOURCES_LOOKED_AT, type HealthReport, type SourceView } from "../../sources";

export type SourceState = { source: SourceView; health: HealthReport };
export type EndpointState = {
  endpoint: EndpointRow;
  health: EndpointHealth;
  undelivered: UndeliveredCount | undefined;
};

/** What Home shows. A part that the visitor may not see is null. */
export type HomeParts = {
  calls: { today: CallCount; before: CallCount } | null;
  /** What has no campaign yet is within no limited reach, and told to who can choose one. */
  waiting: readonly WaitingGroup[] | null;
  endpoints: readonly EndpointState[] | null;
  sources: readonly SourceState[] | null;
  /** Storages that are looked into for recordings. */
  storages: readonly Integration[];
  /** How the judging of calls went in the last seven days, UTC, today included. */
  quality: Sums | null;
  first: FirstHour | null;
};

/** What an organization's first hour has brought. Null for who does not set it up. */
export type FirstHour = {
  connected: boolean;
  called: boolean;
  webhook: boolean;
  delivered: boolean;
  samples: SampleState | null;
  /** The newest source that a sample can be sent to, by its id. */
  sampleSource: string | null;
};

/** Whether somebody sets an organization up: whose first hour it is. */
export function mayBegin(caller: Caller): boolean {
  return ["sources:write", "samples:write", "endpoints:read"].every((permission) =>
    may(caller, permission as Permission),
  );
}

/** Groups that are shown on one page. */
const MOST_GROUPS = 5;
const HOURS = 24;
/** Of so many days reviews and calls are counted. */
export const QUALITY_DAYS = 7;

/**
 * Two round trips: what there is, and the counts of each source. `live`: only what is asked for again while Home is open,
 * the figures and the health of what is connected.
 */
export async function readHome(db: Database, caller: Caller, now: number, live = false): Promise<HomeParts> {
  const { organizationId, reach } = caller;
  const seesCalls = may(caller, "calls:read");
  const seesEndpoints = may(caller, "endpoints:read");
  const setsUp = !live && seesCalls && mayBegin(caller);
  const days = lastDays(QUALITY_DAYS, now);
  const [today, before, waiting, endpoints, health, sources, storages, periods, called, samples] = await Promise.all([
    seesCalls ? countCalls(db, { organizationId, reach, from: now - DAY, to: now }) : null,
    seesCalls ? countCalls(db, { organizationId, reach, from: now - 2 * DAY, to: now - DAY }) : null,
    may(caller, "calls:write") && !isLimited(reach)
      ? groupWaiting(db, { organizationId, reach, limit: MOST_GROUPS })
      : null,
    seesEndpoints ? listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS }) : null,
    seesEndpoints ? readHealth(db, { organizationId, since: now - DAY }) : [],
    may(caller, "sources:read") ? listSources(db, { organizationId, reach, limit: SOURCES_LOOKED_AT }) : null,
    may(caller, "sources:read") ? readConnectors(db, { organizationId, reach }) : [],
    !live && may(caller, "reports:read") ? reportByTime(db, { organizationId, reach, ...days }) : null,
    setsUp && hasCalls(db, { organizationId, reach }),
    setsUp ? readSamples(db, organizationId) : null,
  ]);
  const [undelivered, healths] = await Promise.all([
    readUndelivered(db, endpoints?.map(({ id }) => id) ?? []),
    Promise.all((sources ?? []).map((source) => readSourceHealth(db, source, HOURS, now))),
  ]);
  return {
    calls: today && before && { today, before },
    waiting: waiting && waiting.groups,
    endpoints:
      endpoints?.flatMap((endpoint) =>
        health
          .filter(({ endpointId }) => endpointId === endpoint.id)
          .map((one) => ({ endpoint, health: one, undelivered: undelivered.get(endpoint.id) })),
      ) ?? null,
    sources:
      sources?.flatMap((source, at) => {
        const own = healths[at];
        return own ? [{ source, health: own }] : [];
      }) ?? null,
    storages,
    quality: periods && sumOfReport(periods),
    first: setsUp
      ? {
          connected: (sources?.length ?? 0) > 0,
          called,
          webhook: (endpoints?.length ?? 0) > 0,
          delivered: health.some(({ lastSuccessAt }) => lastSuccessAt !== null),
          samples,
          sampleSource: sources?.find(takesSamples)?.id ?? null,
        }
      : null,
  };
}

/** Whether there is an example of the notices of a source's platform, and they make calls now. */
function takesSamples({ kind, state }: SourceView): boolean {
  return state === "active" && platformOf(kind)?.example !== undefined;
}
