import { outboundFetch } from "./index";
import { probeBySocket } from "./probe";

/**
 * The fetch of this deployment. Only the local runtime hides causes of failures; Cloudflare answers 52x and 530
 * instead.
 */
export function outboundFetchOf({ inbox }: { inbox: "queue" | "table" }): typeof fetch {
  return outboundFetch((input, init) => fetch(input, init), inbox === "table" ? probeBySocket : undefined);
}
