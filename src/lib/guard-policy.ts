import { dohResolver } from "./name-resolver";
import type { GuardPolicy } from "./network-guard";

// One per isolate: its cache of names helps only if the next request uses it too.
const resolve = dohResolver({ fetch: (input, init) => fetch(input, init), now: () => Date.now() });

/** The network guard's policy of this deployment, the same when a URL is saved, tested and used. */
export function guardPolicyOf(config: { allowPrivateAddresses: boolean; publicUrl: string }): GuardPolicy {
  const { allowPrivateAddresses, publicUrl } = config;
  return { allowPrivateAddresses, ownHosts: URL.canParse(publicUrl) ? [new URL(publicUrl).hostname] : [], resolve };
}
