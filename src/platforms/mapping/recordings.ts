import type { RecordingFacts } from "../../calls";
import { toText } from "../reading/coerce";
import type { FactReader } from "./fact-reader";
import type { Mapping } from "./schema";

const MAX_RECORDINGS = 20;
const MAX_URL = 4_000;
const MAX_ID = 200;
const ONLY_RECORDING = "audio";
const IDS = "id || recording_id || external_id";
const URLS = "url || recording_url || link || href";

/** The recordings a notice speaks of: one link, a list of links, or a list of objects with a link and perhaps an id. */
export function recordingsOf(reader: FactReader, wanted: Mapping["recordings"]): RecordingFacts[] {
  if (wanted === undefined) return [];
  const how = typeof wanted === "string" ? { list: wanted } : wanted;
  const found = reader.value("recordings", how.list);
  if (found === null || found === undefined || found === "") return [];
  const list = Array.isArray(found) ? found : [found];
  if (list.length > MAX_RECORDINGS) reader.wrong("recordings", `are more than ${MAX_RECORDINGS}`);
  const seen = new Set<string>();
  return list.slice(0, MAX_RECORDINGS).flatMap((entry: unknown, index) => {
    const field = Array.isArray(found) ? `recordings.${index}` : "recordings";
    const recording = recordingOf(reader, field, entry, how, index);
    if (recording === undefined || seen.has(recording.externalId)) return [];
    seen.add(recording.externalId);
    return [recording];
  });
}

function recordingOf(
  reader: FactReader,
  field: string,
  entry: unknown,
  how: { id?: string; url?: string },
  index: number,
): RecordingFacts | undefined {
  const place = index === 0 ? ONLY_RECORDING : `${ONLY_RECORDING}-${index + 1}`;
  if (typeof entry === "string") return { externalId: place, url: linkOf(reader, field, entry) };
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    reader.wrong(field, "must be a link, or an object that holds one");
    return undefined;
  }
  const id = toText(reader.value(`${field}.id`, how.id ?? IDS, entry), MAX_ID + 1);
  if (id === undefined || (id !== null && id.length > MAX_ID)) {
    reader.wrong(`${field}.id`, `must be text of at most ${MAX_ID} characters`);
  }
  const url = linkOf(reader, `${field}.url`, reader.value(`${field}.url`, how.url ?? URLS, entry));
  return { externalId: id ?? place, url };
}

// The network guard decides whether the address may be fetched; here it must only be one.
function linkOf(reader: FactReader, field: string, value: unknown): string | null {
  const text = toText(value, MAX_URL + 1);
  if (text === null) return null;
  const url = text !== undefined && text.length <= MAX_URL ? URL.parse(text) : null;
  if (text !== undefined && url && /^https?:$/.test(url.protocol)) return text;
  reader.wrong(field, "must be an http or https URL");
  return null;
}
