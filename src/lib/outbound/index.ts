import { explainFailure, explainSilence } from "./explain";
import { finalAnswer } from "./final-answer";
import type { Probe } from "./probe";

export { NetworkFailure, type FailureCause } from "./network-failure";
export type { Probe } from "./probe";

/**
 * The runtime's fetch for requests to other servers: an interim answer is not taken for the final one, and a failure
 * names its cause (`NetworkFailure`). With `probe` this works even where the runtime hides the cause, at the price of
 * one more connection.
 */
export function outboundFetch(fetcher: typeof fetch, probe?: Probe): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    try {
      return await finalAnswer(await fetcher(input, init));
    } catch (error) {
      if (init?.signal?.aborted) throw (await explainSilence(url, probe)) ?? error;
      throw await explainFailure(url, error, probe);
    }
  };
}
