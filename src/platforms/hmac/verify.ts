import type { Hash } from "../../lib/hmac";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import { readClockTime } from "../reading/clock-time";
import type { InboundRequest, Refusal, SourceConfig } from "../contract";
import { unauthorized } from "../refusals";
import { matchesAny, withinTolerance } from "../proof/signed-bytes";
import { fillPattern, parsePattern, placesIn } from "./verify-pattern";
import { keyOf } from "./secret";
import type { HmacSettings } from "./settings";
import { readSignatures } from "./signature-list";

const HASHES: Record<NonNullable<HmacSettings["algorithm"]>, Hash> = {
  sha256: "SHA-256",
  sha1: "SHA-1",
  sha512: "SHA-512",
};
const MAX_HEADERS = 100;
const MAX_VALUE = 500;

/** Which headers count is in the source's settings, which are not known yet: only a swarm of them is turned away. */
export function precheck(headers: Headers): Result<void, Refusal> {
  let count = 0;
  for (const _ of headers) count += 1;
  return count <= MAX_HEADERS ? ok(undefined) : unauthorized("too_many_headers", "The request has too many headers.");
}

/** Verifies as the source's settings say. Where there is a moment, it must be within the tolerance, before and after. */
export async function verify(
  { url, headers, body }: InboundRequest,
  { settings, secrets }: SourceConfig<HmacSettings>,
  now: number,
): Promise<Result<void, Refusal>> {
  const { signature_header: name = "X-Signature", signed = "{body}", algorithm = "sha256" } = settings;
  const header = headers.get(name);
  if (header === null || header === "") return unauthorized("missing_signature", `${name} is required.`);
  const { signatures, timestamp: listed } = readSignatures(header, settings);
  if (signatures.length === 0)
    return unauthorized("malformed_signature", `${name} holds no signature in the form set.`);
  const timestamp = settings.timestamp_header === undefined ? listed : headers.get(settings.timestamp_header);
  const fresh = checkMoment(timestamp, settings, now);
  if (!fresh.ok) return fresh;
  const pattern = parsePattern(signed);
  if (!pattern.ok) return unauthorized("unusable_settings", `The setting "signed" ${pattern.error}.`);
  const places = placesIn(signed);
  const id = settings.id_header === undefined ? null : headers.get(settings.id_header);
  if (places.has("timestamp") && timestamp === null)
    return unauthorized("missing_timestamp", "A timestamp is required.");
  if (places.has("id") && (id === null || id === "" || id.length > MAX_VALUE)) {
    return unauthorized("missing_id", `${settings.id_header ?? "The id's header"} is required.`);
  }
  const keys = secrets.flatMap((secret) => keyOf(secret, settings.secret_encoding ?? "text") ?? []);
  if (keys.length === 0) return unauthorized("unusable_secret", "The source's secret is not in the encoding set.");
  const message = fillPattern(pattern.value, { timestamp: timestamp ?? "", id: id ?? "", url }, body);
  return matchesAny(HASHES[algorithm], keys, message, signatures);
}

function checkMoment(timestamp: string | null, settings: HmacSettings, now: number): Result<void, Refusal> {
  const { timestamp_header: header, timestamp_key: key, timestamp_unit: unit = "s" } = settings;
  const name = header ?? key;
  if (name === undefined) return ok(undefined);
  if (timestamp === null || timestamp === "") return unauthorized("missing_timestamp", `${name} is required.`);
  const at = momentOf(timestamp, unit);
  if (at === undefined) {
    const form = { s: "the Unix time in seconds", ms: "the Unix time in milliseconds", iso: "a time in ISO 8601" }[
      unit
    ];
    return unauthorized("malformed_timestamp", `${name} must be ${form}.`);
  }
  return withinTolerance(at, now, name, (settings.tolerance_seconds ?? 300) * SECOND);
}

function momentOf(text: string, unit: "s" | "ms" | "iso"): number | undefined {
  if (unit === "iso") return readClockTime(text, "UTC");
  return /^\d{1,15}$/.test(text) ? Number(text) * (unit === "s" ? SECOND : 1) : undefined;
}
