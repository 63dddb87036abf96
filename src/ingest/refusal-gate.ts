import type { HeaderFields } from "../lib/http/header-fields";
import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { shutNames } from "../lib/shut-names";
import type { IngestDeps } from "./deps";
import { senderKeys } from "./sender-keys";

/** A request and what its path names, and whether its API keys are part of its sender's identity. */
export type Gateway = {
  request: Request;
  /** Of the request, read once. */
  headers: HeaderFields;
  /** Without the query. */
  path: string;
  sourceKind: string;
  sourceId: string | undefined;
  keyed: boolean;
};

export type RefusalGate = {
  /** Until when (milliseconds) requests like this one are refused without reading; undefined when they are not. */
  shutUntil(gateway: Gateway, now: number): Promise<number | undefined>;
  /** Counts a request of an unverified sender, and closes the gate for its like after too many. */
  note(gateway: Gateway, now: number, limits: IngestDeps["limits"]): Promise<void>;
};

/**
 * Refuses senders with too many refusals for the rest of the minute, without reading a body or the database. A gate is
 * for one address, one path and, where keys identify the sender, one key. So junk does not shut out a platform's
 * requests from another address, to another source, or with another organization's key on a shared path. One per
 * isolate.
 */
export function refusalGate(): RefusalGate {
  const shut = shutNames();
  return {
    shutUntil: async (gateway, now) => {
      // The usual case costs nothing: while no gate is closed, no name is built.
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

/** Cloudflare sets the address and a client cannot change it. Locally there is none, and all senders share one gate. */
async function nameOf({ headers, sourceKind, sourceId, keyed }: Gateway): Promise<string | undefined> {
  const address = headers.get("cf-connecting-ip");
  if (address === null) return undefined;
  const keys = keyed ? senderKeys(headers) : [];
  // By hash, so that no keys are in memory or in the limiter. No valid keys and tokens are nearly as long as the part
  // that is hashed.
  const key = keys.length === 0 ? "" : await sha256Hex(keys.join("\n").slice(0, 40_000));
  return `${networkOf(address)} ${sourceKind}/${(sourceId ?? "").slice(0, 100)} ${key}`;
}
