import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { MINUTE } from "../lib/time";
import type { IngestDeps } from "./deps";
import { presentedKeys } from "./presented-keys";

const CAPACITY = 1_000;

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
  const shut = new Map<string, number>();
  return {
    shutUntil: async (gateway, now) => {
      // The usual case costs nothing: no name is made while nobody is shut out.
      if (shut.size === 0) return undefined;
      const name = await nameOf(gateway);
      const until = name === undefined ? undefined : shut.get(name);
      if (name === undefined || until === undefined) return undefined;
      if (until > now) return until;
      shut.delete(name);
      return undefined;
    },
    note: async (gateway, now, limits) => {
      const name = await nameOf(gateway);
      if (name === undefined || (await limits.refused(name))) return;
      for (const [other, until] of shut) if (until <= now) shut.delete(other);
      const oldest = shut.size >= CAPACITY ? shut.keys().next().value : undefined;
      if (oldest !== undefined) shut.delete(oldest);
      shut.set(name, (Math.floor(now / MINUTE) + 1) * MINUTE);
    },
  };
}

/** The address is Cloudflare's word, which a client cannot change; without one (locally) nobody is told apart. */
async function nameOf({ request, sourceKind, sourceId, keyed }: Gateway): Promise<string | undefined> {
  const address = request.headers.get("cf-connecting-ip");
  if (address === null) return undefined;
  const keys = keyed ? [...new Set(presentedKeys(request.headers))].toSorted() : [];
  // By hash: keys themselves stay out of memory and out of the limiter. No good key is nearly as long as what is hashed.
  const key = keys.length === 0 ? "" : await sha256Hex(keys.join("\n").slice(0, 1_000));
  return `${networkOf(address)} ${sourceKind}/${(sourceId ?? "").slice(0, 100)} ${key}`;
}
