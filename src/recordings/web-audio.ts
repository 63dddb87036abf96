import type { GuardPolicy } from "../lib/network-guard";
import type { Clock } from "../lib/time";
import { fetchAudio, type AudioAccess, type FetchTimeouts } from "./fetch-audio";
import type { AudioOpener, LinkedRecording, Patience } from "./openers";

export type WebAudioDeps = {
  fetch: typeof fetch;
  guardPolicy: GuardPolicy;
  now: Clock;
  /** What the recording's platform adds to the request: keys for its own hosts, links inside its JSON. */
  accessFor?(recording: LinkedRecording): Promise<AudioAccess>;
  timeouts?: FetchTimeouts;
};

/** Opens `https:` addresses and, where that is allowed, `http:` ones. */
export function webAudio({ accessFor, ...deps }: WebAudioDeps): AudioOpener {
  return {
    open: async (recording, maxBytes, patience) =>
      fetchAudio({ ...(await accessFor?.(recording)), ...deps, ...patienceOf(patience), url: recording.url, maxBytes }),
  };
}

function patienceOf(patience: Patience | undefined): Partial<Patience> {
  return patience ? { timeouts: patience.timeouts, laterAbove: patience.laterAbove } : {};
}
