import { runBatch } from "../db/client";
import { rowOf } from "../db/read-together";
import { writeRows } from "../db/rows";
import { recordings } from "../db/schema";
import { postponement } from "../db/work";
import { sameTick } from "../lib/same-tick";
import { MINUTE, SECOND } from "../lib/time";
import {
  claimSlowRecordings,
  FIRST_TRY,
  hostOf,
  pickWithin,
  recordingWork,
  sourceIdsOf,
  waitingInLane,
  type LaneBounds,
  type LinkedRecording,
} from "../recordings";
import { claimWithFiles } from "./claim-with-files";
import type { CallFile } from "./consequences";
import { followCalls, type FollowDeps } from "./follow";
import { endsTogether, type EndsTogether } from "./ends";
import { FAST, type KnownServers } from "./known-servers";
import { tryRecording, type RecordingDeps, type ShortTry } from "./recording";

// No source waits for another's server: a source whose server is not known to be fast has a lane of its own.

/**
 * Wakes the lane of a source, which looks for what is due itself: a wake that is lost or one too many does no harm.
 * Returns the hosts of the source that the lane found to be fast.
 */
export type SlowLanes = { wake(sourceId: string): Promise<readonly string[]> };

/** Recordings of one source that are under way in its lane. */
export const LANE_SLOTS = 4;
/** Of these, how many of one host while the lane has had no answer of it. One that answers may have all slots. */
export const LANE_SLOTS_PER_HOST = 2;
/** Of one host in all lanes of an organization. */
export const ORGANIZATION_SLOTS_PER_HOST = 8;

/** After this a lane looks again for what it could not begin because other lanes were at the host. */
const BUSY_HOST_WAIT = 5 * SECOND;

export type LaneDeps = RecordingDeps & FollowDeps & { knownServers: KnownServers };

/** A queue consumer makes a short try at servers that are known to be fast, and leaves the rest to the lane. */
export function shortTry(
  { db, now }: Pick<RecordingDeps, "db" | "now">,
  lanes: SlowLanes,
  known: KnownServers,
): ShortTry {
  // Those that are not even begun are handed over in the same turn.
  const handOverAll = sameTick<LinkedRecording & { why: string }>(async (handed) => {
    // The try that was cut short does not count as one: the schedule of retries begins with the lane's.
    const writes = handed.map(({ why, ...claimed }) =>
      postponement(recordingWork, claimed, now(), { slow: true, attempts: claimed.attempts - 1, reason: why }),
    );
    await runBatch(db, writeRows(db, writes));
    const sourceIds = [...new Set(handed.map(({ sourceId }) => sourceId))];
    await Promise.all(sourceIds.map(async (id) => known.wasFast(id, await lanes.wake(id), now())));
  });
  return {
    timeouts: FIRST_TRY.timeouts,
    laterAbove: FIRST_TRY.bytes,
    whyLane: (claimed) => known.whyLane(claimed, now()),
    ended: (claimed, startedAt) => {
      if (isFast(startedAt, now())) known.wasFast(claimed.sourceId, [hostOf(claimed.url)], now());
    },
    handOver: async (claimed, reason, startedAt) => {
      // A large file is no fault of its server, unless reading so much of it took long.
      const wasAsked = startedAt !== null;
      if (wasAsked && (reason.startsWith("timeout:") || !isFast(startedAt, now())))
        known.wasSlow(claimed, reason, now());
      await handOverAll({ ...claimed, why: reason });
    },
  };
}

/**
 * Works on the slow recordings of one source until none is due, or `until`: as many at once as there are slots, each
 * host with slots of its own. `woken` resolves when there may be more to do. Returns when to look again, if work is
 * left.
 */
export async function workOnSlowLane(
  deps: LaneDeps,
  sourceId: string,
  { until, woken }: { until: number; woken(): Promise<void> },
): Promise<number | undefined> {
  const running = new Map<Promise<void>, string>();
  const answering = new Set<string>();
  const perHost = (host: string) => (answering.has(host) ? LANE_SLOTS : LANE_SLOTS_PER_HOST);
  for (;;) {
    const limit = deps.now() < until ? LANE_SLOTS - running.size : 0;
    const busy = countByHost(running.values());
    const { begun, isMore } =
      limit > 0 ? await claimInLane(deps, sourceId, { limit, perHost, busy }) : { begun: [], isMore: true };
    const ends = endsTogether(deps, begun.length);
    for (const { row, file } of begun) {
      const work = workOnSlow(deps, row, file, ends, answering).finally(() => running.delete(work));
      running.set(work, hostOf(row.url));
    }
    if (running.size === 0 && !isMore) return undefined;
    if (running.size === 0) return limit > 0 ? deps.now() + BUSY_HOST_WAIT : deps.now();
    await Promise.race([...running.keys(), woken()]);
    // Those whose ends were written together are over in the same turn: their slots are filled together.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

type Begun = { row: LinkedRecording; file: CallFile | undefined };

/**
 * Claims what may be begun within these bounds, the longest due first. `isMore` when others are due that the bounds do
 * not allow yet.
 */
async function claimInLane(
  { db, now }: LaneDeps,
  sourceId: string,
  bounds: LaneBounds,
): Promise<{ begun: Begun[]; isMore: boolean }> {
  const waiting = await waitingInLane(db, sourceId, LANE_SLOTS, now());
  const [first] = waiting;
  if (!first) return { begun: [], isMore: false };
  const sourceIds = await sourceIdsOf(db, first.organizationId);
  const begun: Begun[] = [];
  // Where other lanes are at a host, or another worker was faster, the next in line take the slots.
  for (let left = waiting, busy = new Map(bounds.busy); begun.length < bounds.limit;) {
    const picked = pickWithin(left, { ...bounds, busy, limit: bounds.limit - begun.length });
    if (picked.length === 0) break;
    const claim = claimSlowRecordings(db, picked, { sourceIds, perHostOfAll: ORGANIZATION_SLOTS_PER_HOST }, now());
    const { rows, files } = await claimWithFiles(
      db,
      claim,
      picked.map(({ callId }) => callId),
    );
    for (const claimed of rows) {
      const row = rowOf(recordings, claimed) as LinkedRecording;
      begun.push({ row, file: files.get(row.callId) });
      busy.set(hostOf(row.url), (busy.get(hostOf(row.url)) ?? 0) + 1);
    }
    if (rows.length === picked.length) break;
    left = left.filter((one) => !picked.some(({ id }) => id === one.id));
  }
  return { begun, isMore: waiting.length > begun.length };
}

async function workOnSlow(
  deps: LaneDeps,
  claimed: LinkedRecording,
  file: CallFile | undefined,
  ends: EndsTogether,
  answering: Set<string>,
): Promise<void> {
  const host = hostOf(claimed.url);
  const startedAt = deps.now();
  try {
    try {
      const outcome = await tryRecording({ ...deps, writeEnd: ends.write }, claimed, undefined, file);
      if (isFast(startedAt, deps.now())) deps.knownServers.wasFast(claimed.sourceId, [host], deps.now());
      if (outcome.kind === "completed") answering.add(host);
      else answering.delete(host);
    } finally {
      await ends.leave();
    }
    if (!ends.hasFollowed(claimed.callId))
      await followCalls(deps, [{ id: claimed.callId, organizationId: claimed.organizationId }], deps.now());
  } catch (cause) {
    console.error(JSON.stringify({ event: "slow_lane.failed", recordingId: claimed.id, error: String(cause) }));
    // Due again at once, were it not for this: whatever broke gets a minute.
    await new Promise((resolve) => setTimeout(resolve, MINUTE));
  }
}

function isFast(startedAt: number, now: number): boolean {
  return now - startedAt <= FAST;
}

function countByHost(hosts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}
