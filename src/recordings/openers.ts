import type { Result } from "../lib/result";
import type { AudioFailure } from "./failure";
import type { FetchTimeouts } from "./fetch-audio";
import type { OpenedAudio } from "./open-audio";
import type { ClaimedRecording } from "./recording";

/** A claimed recording whose address is known. */
export type LinkedRecording = ClaimedRecording & { url: string };

/** How long and how much a try may take that others wait for; what needs more fails as `timeout` or `large`. */
export type Patience = {
  timeouts: FetchTimeouts;
  /** In bytes. */
  laterAbove: number;
};

/** How the audio behind addresses of one scheme is got. What that takes of other rooms the opener was made with. */
export type AudioOpener = {
  open(recording: LinkedRecording, maxBytes: number, patience?: Patience): Promise<Result<OpenedAudio, AudioFailure>>;
  /** The bytes are in our own bucket: no server keeps us waiting for them. */
  isOurs?: boolean;
  /** Lets go of what was kept only until the recording was; called once that is so. */
  release?(recording: LinkedRecording): Promise<void>;
};

/** Openers by scheme, written as `https:`. */
export type AudioOpeners = { "https:": AudioOpener } & Readonly<Record<string, AudioOpener>>;

/** The opener of an address. One of an unknown scheme, or of none, goes to that of the web, whose guard says what is wrong. */
export function openerOf(openers: AudioOpeners, url: string): AudioOpener {
  const scheme = /^\s*([a-z][a-z0-9+.-]*:)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  return openers[scheme] ?? openers["https:"];
}
