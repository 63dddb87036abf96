import type { Result } from "../lib/result";
import type { AudioFailure } from "./failure";
import type { FetchTimeouts } from "./fetch-audio";
import type { OpenedAudio } from "./open-audio";
import type { ClaimedRecording } from "./recording";

/** A claimed recording with a known address. */
export type LinkedRecording = ClaimedRecording & { url: string };

/** The limits of a try that other work waits for. What needs more fails as `timeout` or `large`. */
export type Patience = {
  timeouts: FetchTimeouts;
  /** In bytes. */
  laterAbove: number;
};

/** Gets the audio behind addresses of one scheme. What it needs from other rooms is passed when it is made. */
export type AudioOpener = {
  open(recording: LinkedRecording, maxBytes: number, patience?: Patience): Promise<Result<OpenedAudio, AudioFailure>>;
  /** The bytes are in our own bucket, so no server can keep the try waiting. */
  isOurs?: boolean;
  /** Deletes what was kept only until the recording was stored. Called once it is. */
  release?(recording: LinkedRecording): Promise<void>;
};

/** The openers by scheme, such as `https:`. */
export type AudioOpeners = { "https:": AudioOpener } & Readonly<Record<string, AudioOpener>>;

/** The opener of an address. Unknown schemes go to the https opener, whose guard gives the error. */
export function openerOf(openers: AudioOpeners, url: string): AudioOpener {
  const scheme = /^\s*([a-z][a-z0-9+.-]*:)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  return openers[scheme] ?? openers["https:"];
}
