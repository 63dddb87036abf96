import type { CallFacts } from "../../calls";
import { digestOf } from "../../lib/id";
import { SECOND } from "../../lib/time";
import type { ReadingConfig } from "../contract";
import { foldWord, isUnrendered, toText } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import type { Direction } from "../reading/direction";
import type { Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import type { Values } from "./read-values";

/** END and RECORDING speak of the same file, so its id within the call is a constant. */
const RECORDING_ID = "audio";

/** Fields that end in a fact of their own; the others go to `custom`. */
const MAPPED = new Set([
  "hooktrigger",
  "cdrid",
  "dialtime",
  "direction",
  "calling",
  "called",
  "status",
  "duration",
  "billseconds",
  "wasrecorded",
  "audio_file_mp3",
  "campaign_id",
  // The same recording at other addresses: links that let whoever has them listen.
  "audio_file_ogg",
  "audio_file_wav",
  "audio_play_mp3",
  "audio_play_ogg",
  "audio_play_wav",
]);

/** The facts of a call's notice. */
export async function mapNotice(fields: Fields, values: Values, config: ReadingConfig): Promise<CallFacts> {
  const { organizationId, settings } = config;
  const { calling, called, direction, startedAt, duration, billSeconds } = values;
  const operator = operatorOf(direction, fields);
  const cdrid = fields.get("cdrid");
  const identity = {
    organizationId,
    dialtime: values.dialtime,
    calling: calling ?? "",
    called: called ?? "",
    direction,
  };
  return {
    // An unfilled `{{ cdrid }}` would make one call of them all.
    externalId: await callKeyOf(isUnrendered(cdrid) ? null : (toText(cdrid) ?? null), identity),
    campaignNumber: values.campaignNumber,
    outcome: outcomeOf(values.status, billSeconds),
    direction,
    from: calling,
    get fromE164() {
      return toE164(calling, settings.country);
    },
    to: called,
    get toE164() {
      return toE164(called, settings.country);
    },
    startedAt,
    startedAtRaw: values.dialtime,
    endedAt: duration === null ? null : startedAt + Math.round(duration * SECOND),
    durationSeconds: duration,
    talkSeconds: billSeconds,
    providerStatus: values.status,
    operatorName: operator?.name ?? null,
    custom: keepCustom([...fields].filter(([field]) => !MAPPED.has(field) && field !== operator?.field)),
    recordings: [{ externalId: RECORDING_ID, url: values.audioUrl }],
  };
}

const ANSWERED = new Set([
  "answered",
  "answer",
  "completed",
  "ok",
  "contestada",
  "contestado",
  "atendida",
  "atendido",
  "completada",
  "completado",
]);
// Looked for anywhere in the word: `NO ANSWER`, `noanswer`, `cancelled`, `user busy`, `no contestada` are all met with.
const UNANSWERED =
  /no ?answer|unanswered|not answered|busy|fail|cancel|congestion|chanunavail|unavailable|abandon|missed|reject|no (contest|atend)|ocupad|fallid|perdid|rechazad/;

/**
 * How the call ended. Only `answered` is documented; other words are judged by their meaning, and talk that was billed
 * outweighs them. Anura notifies at the end of a call, so the outcome is always one of the two ends.
 */
export function outcomeOf(status: string | null, billSeconds: number | null): "completed" | "failed" {
  const word = status === null ? "" : foldWord(status);
  if (ANSWERED.has(word)) return "completed";
  if (billSeconds !== null && billSeconds > 0) return "completed";
  if (UNANSWERED.test(word)) return "failed";
  // An unknown word: no billed second means that there was no talk; an unknown duration proves nothing.
  return billSeconds === 0 ? "failed" : "completed";
}

const OPERATOR_FIELDS: Record<Direction, readonly string[]> = {
  outbound: ["accountname"],
  internal: ["accountname"],
  inbound: ["queueagentname", "answerterminal"],
};

/**
 * The field that names the human agent, by direction: outbound `accountname`; inbound `queueagentname`, else
 * `answerterminal` (seed, "What each field is for"). Undefined when none of them has a value.
 */
export function operatorOf(direction: Direction, fields: Fields): { field: string; name: string } | undefined {
  for (const field of OPERATOR_FIELDS[direction]) {
    const value = fields.get(field);
    const name = toText(value);
    if (name && !isUnrendered(value)) return { field, name };
  }
  return undefined;
}

const MAX_ID = 200;

/**
 * The identity of a call from its other fields, where Anura sends no `cdrid`. Texts as they came, but for the
 * direction.
 */
export type CallIdentity = {
  organizationId: string;
  dialtime: string;
  calling: string;
  called: string;
  direction: string;
};

/**
 * The call's id: Anura's `cdrid`, else one derived from what every notice of the call repeats (ruling B7). The audio's
 * path is no part of it, and cannot break a tie between two calls of one second, two numbers and one direction either.
 * A key is made of one notice alone, at an edge that asks no database. END may come without a link and RECORDING with
 * one, so the key of each RECORDING must be that of an END that knows no path, and is the same whatever its path. END
 * and RECORDING may also both come with one, so a path in END must not change the key either. Whatever told the two
 * calls apart would cut one call in two, which is the common case: so they become one, with the first link that came.
 * `cdrid` separates them.
 */
export async function callKeyOf(cdrid: string | null, identity: CallIdentity): Promise<string> {
  if (cdrid !== null && cdrid.length <= MAX_ID) return cdrid;
  if (cdrid !== null) return `long-${await digestOf([cdrid])}`;
  const { organizationId, dialtime, calling, called, direction } = identity;
  return `gen-${await digestOf([organizationId, dialtime, calling, called, direction])}`;
}
