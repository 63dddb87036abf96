import { addNewest } from "../lib/newest";
import { MINUTE } from "../lib/time";
import { hostOf, type LinkedRecording } from "../recordings";

/**
 * What this isolate knows of servers. A consumer asks only those that answered fast a moment ago; all others are left
 * to the lane of their source. Lost with the isolate, which costs each server another try in its lane.
 */
export type KnownServers = {
  /** Why the lane is to fetch this recording; undefined when its server is known to be fast. */
  whyLane(recording: Asked, now: number): string | undefined;
  wasFast(sourceId: string, hosts: readonly string[], now: number): void;
  /** A server that kept a consumer waiting. */
  wasSlow(recording: Asked, reason: string, now: number): void;
  /** The hosts of a source that are known to be fast. */
  fastHostsOf(sourceId: string, now: number): string[];
};

type Asked = Pick<LinkedRecording, "organizationId" | "sourceId" | "url">;

/** A whole try, from the claim to the written end, that takes no longer shows that its server is fast. In milliseconds. */
export const FAST = 500;

const FAST_FOR = 10 * MINUTE;
const SLOW_FOR = MINUTE;
const MOST = 1_000;

export function newKnownServers(): KnownServers {
  const fast = new Map<string, number>();
  const slow = new Map<string, { until: number; reason: string }>();
  return {
    whyLane: ({ organizationId, sourceId, url }, now) => {
      const kept = slow.get(organizationId);
      if (kept && kept.until > now) return kept.reason;
      return (fast.get(serverOf(sourceId, hostOf(url))) ?? 0) > now ? undefined : UNKNOWN;
    },
    wasFast: (sourceId, hosts, now) => {
      for (const host of hosts) addNewest(fast, serverOf(sourceId, host), now + FAST_FOR, MOST);
    },
    wasSlow: ({ organizationId, sourceId, url }, reason, now) => {
      fast.delete(serverOf(sourceId, hostOf(url)));
      // For the whole organization: else each of its sources and hosts could keep the consumers waiting in turn.
      addNewest(slow, organizationId, { until: now + SLOW_FOR, reason }, MOST);
    },
    fastHostsOf: (sourceId, now) => {
      const prefix = serverOf(sourceId, "");
      return [...fast].filter(([key, until]) => key.startsWith(prefix) && until > now).map(([key]) => hostIn(key));
    },
  };
}

const UNKNOWN = "unknown: its server is not known to be fast";

/** Of a source, not of everybody: another source's paths and keys at the same host may be slow. */
function serverOf(sourceId: string, host: string): string {
  return `${sourceId} ${host}`;
}

function hostIn(server: string): string {
  return server.slice(server.indexOf(" ") + 1);
}
