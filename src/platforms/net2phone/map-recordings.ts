import type { RecordingFacts } from "../../calls";
import { isTrue } from "../reading/coerce";
import { firstLink, firstText } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { apiUrlOf, type Net2phoneSettings } from "./settings";

// `call_completed` and `call_recorded` announce the same file under two addresses, so its id within the call is a
// constant. A message left on voice mail is not a conversation.
const TALK = "audio";
const VOICEMAIL = "voicemail";

/** The recording a notice announces. `call_recorded` without an address still shows that there is one. */
export function announcedRecordings(
  event: string,
  fields: Fields,
  { several_recordings: several = false }: Net2phoneSettings,
): RecordingFacts[] {
  const isAnnouncement = event === "call_recorded";
  const url = firstLink(
    fields,
    isAnnouncement ? ["audio_message_url", "recording_url"] : ["recording_url", "audio_message_url"],
  );
  if (url === null && !isAnnouncement) return [];
  if (isTrue(fields.get("voice_mail"))) return [{ externalId: VOICEMAIL, url }];
  if (!several) return [{ externalId: TALK, url }];
  const message = firstText(fields, ["audio_message_id"], 200);
  // Nothing ties the address in `call_completed` to one of the messages: taken, it would be fetched twice.
  return isAnnouncement ? [{ externalId: message === null ? TALK : messageId(message), url }] : [];
}

/**
 * The recordings of a listed call. Each side's may be there; both hold the same talk, so one is enough unless each
 * message counts. The recording of an unanswered call is taken for voice mail: the list does not mark it.
 */
export function listedRecordings(fields: Fields, answered: boolean, settings: Net2phoneSettings): RecordingFacts[] {
  const sides = ["caller_call_recording.id", "callee_call_recording.id"];
  const ids = sides.flatMap((side) => firstText(fields, [side], 200) ?? []);
  const all = [...new Set(ids)].map((id) => ({
    externalId: messageId(id),
    url: `${apiUrlOf(settings)}/call-recordings/${encodeURIComponent(id)}:generate-audio-download-link`,
  }));
  if (answered && settings.several_recordings === true) return all;
  return all.slice(0, 1).map(({ url }) => ({ externalId: answered ? TALK : VOICEMAIL, url }));
}

function messageId(id: string): string {
  return `message-${id}`;
}
