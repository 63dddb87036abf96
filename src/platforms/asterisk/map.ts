import type { CallFacts, RecordingFacts } from "../../calls";
import { SECOND } from "../../lib/time";
import { foldWord } from "../reading/coerce";
import { keepCustom } from "../reading/custom";
import { directionOf, type Direction } from "../reading/direction";
import { firstLink, firstText, readMoment, readSeconds } from "../reading/fields";
import type { Fields } from "../reading/json-object";
import { linkFrom } from "../reading/link-template";
import { toE164 } from "../reading/phone-number";
import { readRecordingFile, type RecordingFile } from "./map-recording-file";
import type { AsteriskSettings } from "./settings";

const DEFAULT_TIME_ZONE = "UTC";
const MAX_ID = 200;
const MAX_EXTENSION = 6;

const MAPPED = new Set([
  "uniqueid",
  "linkedid",
  "calldate",
  "start",
  "answer",
  "end",
  "src",
  "dst",
  "duration",
  "billsec",
  "disposition",
  "direction",
  "operator",
  "operator_reference",
  "recordingfile",
  "recording_url",
  "accountcode",
]);

/**
 * The call a record is of: all its legs, queue attempts and transfers share `linkedid`, the id of the first channel.
 */
export function callKeyOf(fields: Fields): string | null {
  const id = firstText(fields, ["linkedid", "uniqueid"], MAX_ID + 1);
  return id !== null && id.length <= MAX_ID ? id : null;
}

/** The facts of a CDR record. */
export function mapRecord(fields: Fields, externalId: string, settings: AsteriskSettings): CallFacts {
  const { time_zone: timeZone = DEFAULT_TIME_ZONE, country } = settings;
  const path = firstText(fields, ["recordingfile"], 1_000);
  const file = path === null ? undefined : readRecordingFile(path.split("/").at(-1) ?? "");
  const from = firstText(fields, ["src", "cnum"]) ?? numberIn(firstText(fields, ["clid"])) ?? (file?.from || null);
  const to = firstText(fields, ["dst"]) ?? (file?.to || null);
  const direction = directionIn(fields, file, from, to);
  const isFirst = (firstText(fields, ["uniqueid"]) ?? externalId) === externalId;
  const startedAt = startOf(fields, externalId, isFirst, timeZone);
  const duration = readSeconds(fields.get("duration"));
  const disposition = firstText(fields, ["disposition"]);
  const unreached = whyUnreached(fields);
  const outcome = unreached === null ? outcomeOf(disposition, path !== null) : "failed";
  return {
    externalId,
    outcome,
    direction,
    from,
    get fromE164() {
      return toE164(from, country);
    },
    to,
    get toE164() {
      return toE164(to, country);
    },
    startedAt,
    startedAtRaw: startedAt === null ? null : firstText(fields, ["calldate", "start"]),
    answeredAt: readMoment(fields.get("answer"), timeZone),
    endedAt:
      readMoment(fields.get("end"), timeZone) ??
      (isFirst && startedAt !== null && duration !== null ? startedAt + Math.round(duration * SECOND) : null),
    durationSeconds: duration,
    talkSeconds: readSeconds(fields.get("billsec")),
    providerStatus: disposition,
    error: outcome === "failed" ? (unreached ?? disposition) : null,
    operatorName: operatorOf(fields, direction),
    operatorReference: firstText(fields, ["operator_reference"], MAX_ID),
    account: firstText(fields, ["accountcode"], MAX_ID),
    custom: keepCustom([...fields].filter(([name]) => !MAPPED.has(name))),
    recordings: recordingsOf(fields, path, file, settings),
  };
}

// The records of one call begin at different times; the first channel's id contains the time when it began (Asterisk:
// epoch of its creation, and a count).
function startOf(fields: Fields, externalId: string, isFirst: boolean, timeZone: string): number | null {
  const given = readMoment(fields.get("calldate") ?? fields.get("start"), timeZone);
  const created = /(?:^|-)(\d{9,10})\.\d+$/.exec(externalId)?.[1];
  const epoch = created === undefined ? null : Number(created) * SECOND;
  return isFirst ? (given ?? epoch) : (epoch ?? given);
}

// Dispositions of the CDR (cdr.h): ANSWERED, NO ANSWER, BUSY, FAILED, CONGESTION. A recorded call was answered.
function outcomeOf(disposition: string | null, isRecorded: boolean): CallFacts["outcome"] {
  if (disposition === null) return isRecorded ? "completed" : null;
  return foldWord(disposition) === "answered" ? "completed" : "failed";
}

/**
 * Asterisk answers itself, to play music in a queue or to take a message, and such a record is ANSWERED. `dstchannel`
 * is there where the caller was joined to somebody. Null: nothing shows that the call failed.
 */
function whyUnreached(fields: Fields): string | null {
  const application = foldWord(firstText(fields, ["lastapp"]) ?? "");
  if (!fields.has("dstchannel") || firstText(fields, ["dstchannel"]) !== null) return null;
  if (application === "voicemail") return "the caller was sent to voicemail";
  return application === "queue" ? "the caller left the queue" : null;
}

function directionIn(
  fields: Fields,
  file: RecordingFile | undefined,
  from: string | null,
  to: string | null,
): Direction | null {
  const known = directionOf(fields.get("direction")) ?? file?.direction;
  if (known) return known;
  if (firstText(fields, ["did"]) !== null) return "inbound";
  if (firstText(fields, ["outbound_cnum"]) !== null) return "outbound";
  if (from === null || to === null) return null;
  if (!isExtension(from)) return "inbound";
  return isExtension(to) ? "internal" : "outbound";
}

function operatorOf(fields: Fields, direction: Direction | null): string | null {
  const given = firstText(fields, ["operator"]);
  if (given !== null || direction === null) return given;
  return firstText(fields, direction === "inbound" ? ["dst_cnam"] : ["cnam", "outbound_cnam"]);
}

function recordingsOf(
  fields: Fields,
  path: string | null,
  file: RecordingFile | undefined,
  { recording_url_template: template }: AsteriskSettings,
): RecordingFacts[] {
  const name = path?.split("/").at(-1) ?? null;
  const link = firstLink(fields, ["recording_url"]);
  const id = (name ?? "audio").slice(-MAX_ID).toWellFormed() || "audio";
  if (link !== null) return [{ externalId: id, url: link }];
  if (template === undefined || path === null) return [];
  const { year = null, month = null, day = null } = file ?? {};
  const date: Record<string, string | null> = { year, month, day };
  const url = linkFrom(template, (field) =>
    Object.hasOwn(date, field) ? (date[field] ?? null) : firstText(fields, [field], 1_000),
  );
  return url === null ? [] : [{ externalId: id, url }];
}

/** `"Name" <number>`, as clid has it. */
function numberIn(clid: string | null): string | null {
  return /<([^<>]{1,100})>\s*$/.exec(clid ?? "")?.[1] ?? null;
}

function isExtension(number: string): boolean {
  return /^\d+$/.test(number) && number.length <= MAX_EXTENSION;
}
