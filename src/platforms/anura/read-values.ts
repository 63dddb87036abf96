import { err, ok, type Result } from "../../lib/result";
import { DAY, SECOND } from "../../lib/time";
import { readClockTime } from "../reading/clock-time";
import { isTrue, isUnrendered, toAmount, toText } from "../reading/coerce";
import type { FieldError, Refusal } from "../contract";
import { directionOf, type Direction } from "../reading/direction";
import type { Fields } from "../reading/json-object";

const MAX_SECONDS = (30 * DAY) / SECOND;
const MAX_URL = 4_000;

/** The values of a notice whose keys are all there. Null: sent empty. */
export type Values = {
  dialtime: string;
  startedAt: number;
  direction: Direction;
  calling: string | null;
  called: string | null;
  status: string | null;
  duration: number | null;
  billSeconds: number | null;
  audioUrl: string | null;
  campaignNumber: number;
};

/** Reads every value, and names every one that cannot be read. */
export function readValues(fields: Fields, timeZone: string): Result<Values, Refusal> {
  const errors: FieldError[] = [];
  function read<T>(field: string, reader: (value: unknown) => T | undefined, problem: string): T | undefined {
    const value = fields.get(field);
    const unrendered = isUnrendered(value);
    const result = unrendered ? undefined : reader(value);
    if (result === undefined)
      errors.push({ field, message: unrendered ? "was not filled in: check the variable's name in Anura" : problem });
    return result;
  }
  const startedAt = read(
    "dialtime",
    (value) => readClockTime(toText(value) ?? "", timeZone),
    "must be a date and time: YYYY-MM-DD HH:MM:SS, DD/MM/YYYY HH:MM:SS or ISO 8601",
  );
  const direction = read("direction", directionOf, "must be inbound or outbound");
  const calling = read("calling", toText, "must be text");
  const called = read("called", toText, "must be text");
  const status = read("status", toText, "must be text");
  const duration = read("duration", toSeconds, "must be a number of seconds");
  const billSeconds = read("billseconds", toSeconds, "must be a number of seconds");
  read("wasrecorded", (value) => isTrue(value) || undefined, "must be true or false");
  const audioUrl = read("audio_file_mp3", toAudioUrl, "must be an http or https URL");
  const campaignNumber = read("campaign_id", toCampaignNumber, "must be the campaign's number");
  if (
    startedAt === undefined ||
    direction === undefined ||
    calling === undefined ||
    called === undefined ||
    status === undefined ||
    duration === undefined ||
    billSeconds === undefined ||
    audioUrl === undefined ||
    campaignNumber === undefined ||
    errors.length > 0
  ) {
    return err(unreadableValues(errors));
  }
  const dialtime = toText(fields.get("dialtime")) ?? "";
  return ok({
    dialtime,
    startedAt,
    direction,
    calling,
    called,
    status,
    duration,
    billSeconds,
    audioUrl,
    campaignNumber,
  });
}

function unreadableValues(errors: FieldError[]): Refusal {
  const list = errors.map(({ field, message }) => `${field} ${message}`).join("; ");
  return { status: 422, reason: "unreadable_values", message: `Values cannot be read: ${list}.`, errors };
}

// Bounded, so that the end of the call stays a date.
function toSeconds(value: unknown): number | null | undefined {
  const seconds = toAmount(value);
  return typeof seconds === "number" && seconds > MAX_SECONDS ? undefined : seconds;
}

// The network guard decides whether the address may be fetched; here it must only be one.
function toAudioUrl(value: unknown): string | null | undefined {
  const text = toText(value, MAX_URL + 1);
  if (text === null || text === undefined) return text;
  const url = text.length <= MAX_URL ? URL.parse(text) : null;
  return url && /^https?:$/.test(url.protocol) ? text : undefined;
}

function toCampaignNumber(value: unknown): number | undefined {
  const number = toAmount(value);
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}
