import { toText, type FieldError, keepCustom, directionOf, readMoment, readSeconds } from "../../platforms";
import { err, ok, type Result } from "../../lib/result";

/** What a sender gives about the call beside its files, by field. */
export type UploadFields = ReadonlyMap<string, string>;

/** The same, read: what is kept with an open upload and what its notice is made of. Times stay as they were written. */
export type UploadedCall = {
  external_id: string | null;
  campaign_id: string | null;
  campaign_number: number | null;
  direction: "inbound" | "outbound" | "internal" | null;
  from: string | null;
  to: string | null;
  started_at: string | null;
  duration_seconds: number | null;
  operator: string | null;
  operator_reference: string | null;
  account: string | null;
  status: string | null;
  outcome: "completed" | "failed";
  custom: Record<string, unknown>;
};

/** Fields by their names in a form, a query or tus metadata; beside these any `custom[…]`. */
export const UPLOAD_FIELDS = [
  "campaign_id",
  "source_id",
  "external_id",
  "reference_id",
  "direction",
  "from",
  "to",
  "started_at",
  "duration_seconds",
  "operator",
  "operator_reference",
  "account",
  "status",
  "outcome",
  "notes",
] as const;

const KNOWN = new Set<string>(UPLOAD_FIELDS);
const CUSTOM = /^custom\[([^[\]]{1,100})\]$/;
const MAX_ID = 200;

/** Reads the fields, or returns what is wrong with each. `timeZone` is the clock of a time that carries no offset. */
export function readCallFields(
  fields: UploadFields,
  timeZone: string,
): Result<Omit<UploadedCall, "campaign_id" | "campaign_number">, FieldError[]> {
  const errors: FieldError[] = [];
  const text = (name: string, max?: number) => toText(fields.get(name), max) ?? null;
  const refuse = (field: string, message: string) => void errors.push({ field, message });

  for (const name of fields.keys()) if (!KNOWN.has(name) && !CUSTOM.test(name)) refuse(name, "is not known here");
  const idIn = (name: string) => {
    const id = text(name, MAX_ID + 1);
    if (id !== null && id.length > MAX_ID) refuse(name, `may have ${MAX_ID} characters`);
    return id;
  };
  const [own, reference] = [idIn("external_id"), idIn("reference_id")];
  if (own !== null && reference !== null && own !== reference)
    refuse("reference_id", "is external_id under another name: give one of the two");
  const direction = directionOf(fields.get("direction")) ?? null;
  if (direction === null && text("direction") !== null) refuse("direction", "must be inbound, outbound or internal");
  const startedAt = text("started_at");
  if (startedAt !== null && readMoment(startedAt, timeZone) === null)
    refuse("started_at", "must be a time as in 2026-08-20T14:00:00Z");
  const duration = readSeconds(fields.get("duration_seconds"));
  if (duration === null && text("duration_seconds") !== null)
    refuse("duration_seconds", "must be a number of seconds, at most a month");
  const outcome = text("outcome") ?? "completed";
  if (outcome !== "completed" && outcome !== "failed") {
    refuse("outcome", "must be completed or failed");
    return err(errors);
  }
  if (errors.length > 0) return err(errors);
  return ok({
    external_id: own ?? reference,
    direction,
    from: text("from"),
    to: text("to"),
    started_at: startedAt,
    duration_seconds: duration,
    operator: text("operator"),
    operator_reference: text("operator_reference", MAX_ID),
    account: text("account", MAX_ID),
    status: text("status"),
    outcome,
    custom: customOf(fields),
  });
}

function customOf(fields: UploadFields): Record<string, unknown> {
  const given = [...fields].flatMap(([name, value]) => {
    const key = name === "notes" ? name : CUSTOM.exec(name)?.[1];
    const kept = toText(value, 2_000);
    return key !== undefined && kept ? [[key, kept] as const] : [];
  });
  return keepCustom(given);
}
