import { z } from "zod";
import type { CallFacts, RecordingFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { directionOfCall, outcomeOf } from "../reading/call-status";
import { toText } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { readSeconds } from "../reading/fields";
import { readJsonObject } from "../reading/json-object";
import { readMailDate } from "../reading/mail-date";
import { toE164 } from "../reading/phone-number";
import { ignored, missingFields, notJson } from "../refusals";
import { clientOf, recordingOf } from "./map";
import { apiUrlOf, type TwilioSettings } from "./settings";

/** A recording as the API lists it, with the fields we need (Twilio docs, "Recordings resource"). */
export const listedRecording = z.object({
  sid: z.string().min(1).max(200),
  account_sid: z.string().max(200),
  call_sid: z.string().max(200).nullish(),
  status: z.string().nullish(),
  uri: z.string().startsWith("/").max(2_000),
});

/** A call as the API lists it (Twilio docs, "Call resource"). Times are RFC 2822, the length is seconds as text. */
export const listedCall = z.looseObject({
  sid: z.string().min(1).max(200),
  account_sid: z.string().max(200).nullish(),
  parent_call_sid: z.string().nullish(),
  status: z.string().nullish(),
  date_created: z.string().nullish(),
  start_time: z.string().nullish(),
  end_time: z.string().nullish(),
});

export type ListedRecording = z.infer<typeof listedRecording>;
export type TwilioCall = z.infer<typeof listedCall>;

/** What `list` and `one` give for a call: its entry and its recordings; null where these could not all be seen. */
const entry = z.object({ call: listedCall, recordings: z.array(listedRecording).max(100).nullable() });
export type Entry = z.infer<typeof entry>;

/** What the notices of a call leave to the others, under the names the notices use. */
const KEPT = [
  ["ParentCallSid", "parent_call_sid"],
  ["ForwardedFrom", "forwarded_from"],
  ["CallerName", "caller_name"],
  ["AnsweredBy", "answered_by"],
] as const;

/** Reads an entry of `list` or `one` into the facts a notice of the same call would give, with the same ids. */
export async function readListed(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<TwilioSettings>,
): Promise<Result<Reading, Refusal>> {
  const read = readJsonObject(body);
  if (!read.ok) return notJson(read.error);
  const parsed = entry.safeParse(Object.fromEntries(read.value));
  if (!parsed.success) return missingFields([...new Set(parsed.error.issues.map(({ path }) => path.join(".")))]);
  const { call, recordings } = parsed.data;
  const outcome = outcomeOf(call.status);
  if (outcome === undefined) {
    return ignored("not_a_status", "Twilio lists the call in a state we do not know.");
  }
  const from = toText(call["from"]) ?? null;
  const to = toText(call["to"]) ?? null;
  const facts: CallFacts = {
    externalId: call.sid,
    outcome,
    direction: directionOfCall(call["direction"]),
    from,
    get fromE164() {
      return toE164(from, settings.country);
    },
    to,
    get toE164() {
      return toE164(to, settings.country);
    },
    startedAt: startOf(call),
    endedAt: readMailDate(call.end_time),
    durationSeconds: readSeconds(call["duration"]),
    providerStatus: toText(call.status) ?? null,
    operatorReference: clientOf(from, to),
    account: toText(call.account_sid) ?? null,
    ...(recordings === null && { lookUp: true }),
    custom: keepCustom(KEPT.map(([name, field]) => [name, call[field]])),
    recordings: (recordings ?? []).flatMap((recording) => factsOf(recording, settings)),
  };
  return ok({ kind: "calls", facts: [facts] });
}

/** When the call began: a call that was never dialed has no start, only the moment it was asked for. */
export function startOf(call: TwilioCall): number | null {
  return readMailDate(call.start_time) ?? readMailDate(call.date_created);
}

function factsOf(recording: ListedRecording, settings: TwilioSettings): RecordingFacts[] {
  const status = recording.status ?? "completed";
  if (status === "absent" || status === "deleted") return [];
  const address = `${apiUrlOf(settings)}${recording.uri}`;
  return [recordingOf(recording.sid, status === "completed" ? address : null, settings)];
}
