import { runBatch } from "../db/client";
import { postpone } from "../db/work";
import { MINUTE, SECOND } from "../lib/time";
import { claimSlowRecordings, FIRST_TRY, hostOf, recordingWork, type LinkedRecording } from "../recordings";
import { followCalls, type FollowDeps } from "./follow";
import { endsTogether } from "./ends";
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
      // The try that was cut short does not count as one: the schedule of retries begins with the lane's.
      const back = { slow: true, attempts: claimed.attempts - 1, reason };
      await runBatch(db, [postpone(db, recordingWork, claimed, now(), back)]);
      known.wasFast(claimed.sourceId, await lanes.wake(claimed.sourceId), now());
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
    const free = deps.now() < until ? LANE_SLOTS - running.size : 0;
    const busy = countByHost(running.values());
    const bounds = { limit: free, perHost, mostPerHost: LANE_SLOTS, perHostOfAll: ORGANIZATION_SLOTS_PER_HOST, busy };
    const { claimed, isMore } =
      free > 0 ? await claimSlowRecordings(deps.db, sourceId, bounds, deps.now()) : { claimed: [], isMore: true };
    for (const row of claimed) {
      const work = workOnSlow(deps, row, answering).finally(() => running.delete(work));
      running.set(work, hostOf(row.url));
    }
    if (running.size === 0 && !isMore) return undefined;
    if (running.size === 0) return free > 0 ? deps.now() + BUSY_HOST_WAIT : deps.now();
    await Promise.race([...running.keys(), woken()]);
  }
}

async function workOnSlow(deps: LaneDeps, claimed: LinkedRecording, answering: Set<string>): Promise<void> {
  const host = hostOf(claimed.url);
  const startedAt = deps.now();
  try {
    const ends = endsTogether(deps, 1);
    const outcome = await tryRecording({ ...deps, writeEnd: ends.write }, claimed);
    if (isFast(startedAt, deps.now())) deps.knownServers.wasFast(claimed.sourceId, [host], deps.now());
    if (outcome.kind === "completed") answering.add(host);
    else answering.delete(host);
    await ends.leave();
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
