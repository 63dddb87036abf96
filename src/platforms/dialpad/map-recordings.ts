import type { RecordingFacts } from "../../calls";
import { firstLink, firstText } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";

const MAX_RECORDINGS = 20;
const MAX_ID = 200;
// The id is in the link too: https://dialpad.com/blob/adminrecording/<id>.mp3 (general knowledge, live traffic).
const BLOB = /\/blob\/[a-z_]+\/([A-Za-z0-9_-]{1,200})(?:\.\w{1,5})?(?:$|[?#])/;
/** Fields that hold one link or a list of them, where `recording_details` is not there. */
const LINKS = ["recording_url", "admin_recording_urls", "voicemail_link"];

/**
 * The recordings of an event: `recording_details` with an id and link each. Events without it may still hold links; a
 * recording is then known by the id in its link, which is the same as the details have.
 */
export function recordingsOf(event: Fields): RecordingFacts[] {
  const found = new Map<string, string | null>();
  const add = (id: string | null, url: string | null): void => {
    if (found.size >= MAX_RECORDINGS || (id === null && url === null)) return;
    const key = id ?? blobIdOf(url) ?? (found.size === 0 ? "recording" : `recording-${found.size + 1}`);
    found.set(key, found.get(key) ?? url);
  };
  for (const entry of listOf(event.get("recording_details"))) {
    const details = fieldsOf(entry);
    if (details) add(firstText(details, ["id"], MAX_ID), firstLink(details, ["url"]));
  }
  if (found.size === 0) {
    for (const name of LINKS) {
      for (const link of listOf(event.get(name))) add(null, firstLink(new Map([["link", link]]), ["link"]));
    }
  }
  return [...found].map(([externalId, url]) => ({ externalId, url }));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_RECORDINGS) : [value];
}

function blobIdOf(url: string | null): string | undefined {
  return BLOB.exec(url ?? "")?.[1];
}
