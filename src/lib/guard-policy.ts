import { dohResolver } from "./name-resolver";
import type { GuardPolicy } from "./network-guard";

// One for the isolate: what it remembers of names is only worth something if the next request finds it.
const resolve = dohResolver({ fetch: (input, init) => fetch(input, init), now: () => Date.now() });

/** The network guard's policy of this deployment: the same at save, at test and at every use. */
export function guardPolicyOf(config: { allowPrivateAddresses: boolean; publicUrl: string }): GuardPolicy {
  const { allowPrivateAddresses, publicUrl } = config;
  return { allowPrivateAddresses, ownHosts: URL.canParse(publicUrl) ? [new URL(publicUrl).hostname] : [], resolve };
}
