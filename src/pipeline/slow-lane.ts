import { runBatch } from "../db/client";
import { postpone } from "../db/work";
import { MINUTE } from "../lib/time";
import type { Nudges } from "../queues/senders";
import { claimSlowRecordings, FIRST_TRY, hostOf, recordingWork, type LinkedRecording } from "../recordings";
import { nudgeCalls } from "./nudge";
import { tryRecording, type RecordingDeps, type ShortTry } from "./recording";
import type { SlowServers } from "./slow-servers";

// No source waits for another's server: a source with a slow server waits in a lane of its own.

/** Wakes the lane of a source: it looks for what is due itself, so a wake that is lost or one too many does no harm. */
export type SlowLanes = { wake(sourceId: string): Promise<void> };

/** Recordings of one source that are under way in its lane, and of these how many of one host. */
export const LANE_SLOTS = 4;
export const LANE_SLOTS_PER_HOST = 2;

/** A queue consumer makes a short try only, and hands the rest to the lane. */
export function shortTry(
  { db, now }: Pick<RecordingDeps, "db" | "now">,
  lanes: SlowLanes,
  servers: SlowServers,
): ShortTry {
  return {
    timeouts: FIRST_TRY.timeouts,
    laterAbove: FIRST_TRY.bytes,
    knownSlow: (claimed) => servers.reasonFor(keysOf(claimed), now()),
    handOver: async (claimed, reason) => {
      if (reason.startsWith("timeout:")) servers.remember(keysOf(claimed), reason, now());
      // The try that was cut short does not count as one: the schedule of retries begins with the lane's.
      const back = { slow: true, attempts: claimed.attempts - 1, reason };
      await runBatch(db, [postpone(db, recordingWork, claimed, now(), back)]);
      await lanes.wake(claimed.sourceId);
    },
  };
}

/**
 * Works on the slow recordings of one source until none is due, or `until`: as many at once as there are slots, each
 * host with slots of its own. `woken` resolves when there may be more to do. True when work is left.
 */
export async function workOnSlowLane(
  deps: RecordingDeps & { nudges: Nudges },
  sourceId: string,
  { until, woken }: { until: number; woken(): Promise<void> },
): Promise<boolean> {
  const running = new Map<Promise<void>, string>();
  for (;;) {
    const free = deps.now() < until ? LANE_SLOTS - running.size : 0;
    const bounds = { limit: free, perHost: LANE_SLOTS_PER_HOST, busy: countByHost(running.values()) };
    const claimed = free > 0 ? await claimSlowRecordings(deps.db, sourceId, bounds, deps.now()) : [];
    for (const row of claimed) {
      const work = workOnSlow(deps, row).finally(() => running.delete(work));
      running.set(work, hostOf(row.url));
    }
    if (running.size === 0) return deps.now() >= until;
    await Promise.race([...running.keys(), woken()]);
  }
}

async function workOnSlow(deps: RecordingDeps & { nudges: Nudges }, claimed: LinkedRecording): Promise<void> {
  try {
    await tryRecording(deps, claimed);
    await nudgeCalls(deps.db, deps.nudges, [claimed.callId], deps.now());
  } catch (cause) {
    console.error(JSON.stringify({ event: "slow_lane.failed", recordingId: claimed.id, error: String(cause) }));
    // Due again at once, were it not for this: whatever broke gets a minute.
    await new Promise((resolve) => setTimeout(resolve, MINUTE));
  }
}

function keysOf({ sourceId, url }: LinkedRecording): string[] {
  return [`source ${sourceId}`, `host ${hostOf(url)}`];
}

function countByHost(hosts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}
