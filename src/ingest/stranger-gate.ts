import { presentedKeys } from "../identity";
import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { shutNames } from "../lib/shut-names";
import type { Memory } from "./admit";
import type { IngestDeps } from "./deps";
import type { Gateway } from "./refusal-gate";

export type StrangerGate = {
  /** Until when (milliseconds) a request is turned away whose key or source this isolate does not know. */
  shutUntil(gateway: Gateway, now: number): Promise<number | undefined>;
  /** Counts a refused request whose key or source is unknown, and shuts the gate to its address after too many. */
  note(gateway: Gateway, now: number, limits: IngestDeps["limits"]): Promise<void>;
};

/**
 * Limits an address that tries key after key, or source after source: each is new, so no gate of one key ever shuts, and each
 * costs a look-up. A key or source that this isolate knows passes, because platforms send for many customers from one
 * address; so does one unknown a second. One per isolate.
 */
export function strangerGate(memory: Memory): StrangerGate {
  const shut = shutNames();

  async function isStranger({ request, sourceId, keyed }: Gateway, now: number): Promise<boolean> {
    if (!keyed) return sourceId !== undefined && !memory.sources.knows(sourceId, now);
    const keys = [...new Set(presentedKeys(request.headers, { basic: true }))].toSorted();
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

/** Locally there is no address, and all that come are this machine. */
function nameOf({ request }: Gateway): string {
  return `strangers ${networkOf(request.headers.get("cf-connecting-ip") ?? "local")}`;
}
