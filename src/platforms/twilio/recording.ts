import type { RecordingFacts } from "../../calls";
import type { TwilioSettings } from "./settings";

const MAX_URL = 4_000;

/**
 * A recording's address as it is fetched: Twilio names it without a form, or with `.json` in its API. `RequestedChannels=2`
 * asks for the parties apart; a recording made on one channel comes on one all the same (Twilio docs, "Fetch a recording's media").
 */
export function recordingOf(sid: string, address: string | null, settings: TwilioSettings): RecordingFacts {
  const url = address === null ? null : URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return { externalId: sid, url: null };
  url.pathname = `${url.pathname.replace(/\.(json|wav|mp3)$/, "")}.${settings.recording_format ?? "mp3"}`;
  if (settings.dual_channel === true) url.searchParams.set("RequestedChannels", "2");
  return { externalId: sid, url: url.href.length <= MAX_URL ? url.href : null };
}
