import { presentedKeys } from "../identity";
import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { shutNames } from "../lib/shut-names";
import type { IngestDeps } from "./deps";

/** Where a request goes, and whether its API keys are part of who it is from. */
export type Gateway = { request: Request; sourceKind: string; sourceId: string | undefined; keyed: boolean };

export type RefusalGate = {
  /** Until when (milliseconds) requests like this one are turned away unread; undefined where they are not. */
  shutUntil(gateway: Gateway, now: number): Promise<number | undefined>;
  /** Counts a request whose sender proved nothing, and shuts the gate for its like when there were too many. */
  note(gateway: Gateway, now: number, limits: IngestDeps["limits"]): Promise<void>;
};

/**
 * Turns away for the rest of the minute who was refused too often, without reading a body or asking a database. A gate
 * is of one address, one path and, where keys prove the sender, one key: so no junk shuts out a platform's requests from
 * another address, to another source, or with another organization's key on a path they share. One per isolate.
 */
export function refusalGate(): RefusalGate {
  const shut = shutNames();
  return {
    shutUntil: async (gateway, now) => {
      // The usual case costs nothing: no name is made while nobody is shut out.
      if (shut.isEmpty()) return undefined;
      const name = await nameOf(gateway);
      return name === undefined ? undefined : shut.until(name, now);
    },
    note: async (gateway, now, limits) => {
      const name = await nameOf(gateway);
      if (name !== undefined && !(await limits.refused(name))) shut.shut(name, now);
    },
  };
}

/** The address is Cloudflare's word, which a client cannot change; without one (locally) nobody is told apart. */
async function nameOf({ request, sourceKind, sourceId, keyed }: Gateway): Promise<string | undefined> {
  const address = request.headers.get("cf-connecting-ip");
  if (address === null) return undefined;
  const keys = keyed ? [...new Set(presentedKeys(request.headers, { basic: true }))].toSorted() : [];
  // By hash: keys themselves stay out of memory and out of the limiter. No good key is nearly as long as what is hashed.
  const key = keys.length === 0 ? "" : await sha256Hex(keys.join("\n").slice(0, 1_000));
  return `${networkOf(address)} ${sourceKind}/${(sourceId ?? "").slice(0, 100)} ${key}`;
}
