import { foldName } from "../lib/fold-name";
import { HOUR, MINUTE } from "../lib/time";

/** A recording in src/samples/audio, with its length in seconds. */
export const SAMPLE_AUDIO = {
  billing: 26.7,
  renewal: 34.8,
  complaint: 25.8,
  hold: 34,
  delivery: 23,
  "dead-air": 31.8,
  message: 9.8,
} as const;

export type SampleAudio = keyof typeof SAMPLE_AUDIO;

/** A call of the samples: the fields of an upload, by their names there. */
export type SampleCall = { externalId: string; audio: SampleAudio; fields: ReadonlyMap<string, string> };

/** As many as are loaded where no number is given. */
export const SAMPLE_CALLS = 30;
export const MOST_SAMPLE_CALLS = 100;

type Scene = {
  audio: SampleAudio;
  operator: string;
  country: string;
  direction: "inbound" | "outbound";
  status: string;
  outcome?: "failed";
};

const SCENES: readonly Scene[] = [
  { audio: "billing", operator: "Robert Hale", country: "+4420794600", direction: "inbound", status: "answered" },
  { audio: "renewal", operator: "Marta Gómez", country: "+549115263", direction: "outbound", status: "answered" },
  { audio: "complaint", operator: "Mary Lennox", country: "+4420794601", direction: "inbound", status: "answered" },
  { audio: "hold", operator: "Diego Ferreyra", country: "+549115264", direction: "inbound", status: "answered" },
  { audio: "delivery", operator: "Ana Souza", country: "+551130031", direction: "inbound", status: "answered" },
  { audio: "dead-air", operator: "Angus Reid", country: "+4420794602", direction: "inbound", status: "answered" },
  {
    audio: "message",
    operator: "Marta Gómez",
    country: "+549115265",
    direction: "inbound",
    status: "voicemail",
    outcome: "failed",
  },
];

/** The operators of the samples, by their folded names. */
export const SAMPLE_OPERATORS: readonly string[] = [...new Set(SCENES.map(({ operator }) => foldName(operator)))];

/** Between two calls: a morning's calls, not all at once. */
const APART = 23 * MINUTE;

/** The first `count` sample calls, the newest first. Their ids are the same every time. */
export function sampleCalls(count: number, now: number): SampleCall[] {
  return Array.from({ length: count }, (_, index) => sampleCall(index, now));
}

/** The id of the sample call with this place, at its source. */
export function sampleIdAt(index: number): string {
  return `sample-${String(index + 1).padStart(3, "0")}`;
}

function sampleCall(index: number, now: number): SampleCall {
  const scene = SCENES[index % SCENES.length]!;
  const { audio, operator, country, direction, status, outcome = "completed" } = scene;
  const other = `${country}${String((index * 37) % 100).padStart(2, "0")}`;
  const own = "+541152630000";
  const startedAt = now - HOUR / 4 - index * APART;
  const fields = new Map([
    ["external_id", sampleIdAt(index)],
    ["direction", direction],
    ["from", direction === "inbound" ? other : own],
    ["to", direction === "inbound" ? own : other],
    ["started_at", new Date(startedAt).toISOString()],
    ["duration_seconds", String(SAMPLE_AUDIO[audio])],
    ["operator", operator],
    ["status", status],
    ["outcome", outcome],
    ["custom[sample]", "yes"],
  ]);
  return { externalId: sampleIdAt(index), audio, fields };
}
