import type { CallFacts } from "../../calls";
import { ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import { foldWord } from "../reading/coerce";
import type { Reading, ReadingConfig, Refusal } from "../contract";
import { keepCustom } from "../reading/custom";
import { directionOf } from "../reading/direction";
import { firstText, readMoment, readSeconds } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { toE164 } from "../reading/phone-number";
import { missingFields, notJson } from "../refusals";
import { userReference } from "./map";
import { listedRecordings } from "./map-recordings";
import type { Net2phoneSettings } from "./settings";

const MAPPED = new Set([
  "id",
  "direction",
  "result",
  "from",
  "to",
  "from_normalized",
  "to_normalized",
  "start_time",
  "duration_seconds",
  "caller",
  "callee",
  "caller_call_recording",
  "callee_call_recording",
  "account_id",
]);

/**
 * The id a listed call has as a notice: it is not documented that its `id` is the notices' `call_id`, so it is a
 * setting.
 */
export function listedId(entry: Fields, { list_call_id_field: field = "id" }: Net2phoneSettings): string | null {
  return firstText(entry, [field]);
}

/** When a listed call began, in milliseconds; null where that cannot be read. */
export function listedStart(entry: Fields, { time_zone: timeZone = "UTC" }: Net2phoneSettings): number | null {
  return readMoment(entry.get("start_time"), timeZone);
}

/** Reads one entry of `POST /call-detail-records:search`, in the fields its known users read. */
export async function readListed(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<Net2phoneSettings>,
): Promise<Result<Reading, Refusal>> {
  const read = readJsonObject(body, { longIntegers: "text" });
  if (!read.ok) return notJson(read.error);
  const externalId = listedId(read.value, settings);
  if (externalId === null) return missingFields([settings.list_call_id_field ?? "id"]);
  return ok({ kind: "calls", facts: [factsOf(read.value, externalId, settings)] });
}

function factsOf(entry: Fields, externalId: string, settings: Net2phoneSettings): CallFacts {
  const { country } = settings;
  const from = firstText(entry, ["from", "from.number", "from_normalized.id"]);
  const to = firstText(entry, ["to", "to.number", "to_normalized.id"]);
  const result = firstText(entry, ["result"]);
  const answered = result === null || foldWord(result) === "answered";
  const direction = directionOf(entry.get("direction")) ?? null;
  const startedAt = listedStart(entry, settings);
  const duration = readSeconds(entry.get("duration_seconds"));
  const user = userOf(entry, direction);
  return {
    externalId,
    outcome: answered ? "completed" : "failed",
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
    startedAtRaw: firstText(entry, ["start_time"]),
    endedAt: startedAt === null || duration === null ? null : startedAt + Math.round(duration * SECOND),
    durationSeconds: duration,
    providerStatus: result,
    operatorName: user.name,
    operatorReference: user.id === null ? null : userReference(user.id),
    account: firstText(entry, ["account_id", "caller.user.account_id", "callee.user.account_id"], 200),
    custom: keepCustom([...entry].filter(([name]) => !MAPPED.has(name))),
    recordings: listedRecordings(entry, answered, settings),
  };
}

/** The user at our end of the line: who was called, where the call came in, else who called. */
function userOf(entry: Fields, direction: CallFacts["direction"]): { id: string | null; name: string | null } {
  const sides = direction === "inbound" ? ["callee", "caller"] : ["caller", "callee"];
  for (const side of sides) {
    const user = fieldsOf(fieldsOf(entry.get(side))?.get("user"));
    if (!user) continue;
    const names = ["first_name", "last_name"].flatMap((part) => firstText(user, [part]) ?? []);
    return { id: firstText(user, ["id"], 100), name: names.length > 0 ? names.join(" ") : firstText(user, ["name"]) };
  }
  return { id: null, name: null };
}
