import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { shutNames } from "../lib/shut-names";
import type { IngestDeps } from "./deps";
import type { Lookup } from "./lookup-cache";
import type { Gateway } from "./refusal-gate";
import { senderKeys } from "./sender-keys";

export type StrangerGate = {
  /** Until when (milliseconds) a request with a key or source unknown to this isolate is refused. */
  shutUntil(gateway: Gateway, now: number): Promise<number | undefined>;
  /** Counts a refused request with an unknown key or source, and closes the gate for its address after too many. */
  note(gateway: Gateway, now: number, limits: IngestDeps["limits"]): Promise<void>;
};

type Known = Pick<Lookup<unknown>, "knows">;

/**
 * Limits an address that tries one key or source after another: each is new, so no gate of a single key closes, and
 * each costs a lookup. A key or source known to this isolate passes, because a platform sends for many customers from
 * one address; of unknown ones, one a second passes. One per isolate.
 */
export function strangerGate(memory: { callers: Known; sources: Known }): StrangerGate {
  const shut = shutNames();

  async function isStranger({ headers, sourceId, keyed }: Gateway, now: number): Promise<boolean> {
    if (!keyed) return sourceId !== undefined && !memory.sources.knows(sourceId, now);
    const keys = senderKeys(headers);
    return keys.length > 0 && !memory.callers.knows(await sha256Hex(keys.join("\n")), now);
  }

  return {
    shutUntil: async (gateway, now) => {
      if (shut.isEmpty()) return undefined;
      const name = nameOf(gateway);
      if (shut.until(name, now) === undefined || !(await isStranger(gateway, now))) return undefined;
      return shut.untilBut(name, now);
    },
    note: async (gateway, now, limits) => {
      if (!(await isStranger(gateway, now))) return;
      const name = nameOf(gateway);
      if (!(await limits.refused(name))) shut.shut(name, now);
    },
  };
}

/** Locally there is no address, and all requests come from this machine. */
function nameOf({ headers }: Gateway): string {
  return `strangers ${networkOf(headers.get("cf-connecting-ip") ?? "local")}`;
}
