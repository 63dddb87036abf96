import { err, ok, type Result } from "../../lib/result";
import { isTrue, isUnrendered, toText } from "../reading/coerce";
import type { Reading, Refusal } from "../contract";
import { directionOf } from "../reading/direction";
import type { Fields } from "../reading/json-object";

/** The fields of the seed's template that every notice must have as keys; their values may be empty. */
const REQUIRED = [
  "dialtime",
  "direction",
  "calling",
  "called",
  "status",
  "duration",
  "billseconds",
  "wasrecorded",
  "audio_file_mp3",
  "accountname",
  "accountextension",
  "campaign_id",
] as const;

/** `END`, `RECORDING` or another hook of Anura (`START`, `TALK`, `ORIGINATE`). Absent and empty mean END. */
export function hookOf(fields: Fields): Result<string, Refusal> {
  const value = fields.get("hooktrigger");
  if (isUnrendered(value)) {
    const message =
      "hooktrigger was sent as a template variable that Anura did not fill in. Leave the field out: the event fires on END only.";
    return err({
      status: 400,
      reason: "unrendered_hook",
      message,
      errors: [{ field: "hooktrigger", message: "was not filled in" }],
    });
  }
  const hook = toText(value);
  return ok(hook === null ? "END" : (hook ?? "").toUpperCase());
}

/** The keys that are not there, all of them, so that the template is mended in one go. An empty value is not absent. */
export function refuseAbsent(fields: Fields): Refusal | undefined {
  const absent: string[] = REQUIRED.filter((field) => !fields.has(field));
  // An inbound call's agent stands in either of two; a call without a readable direction may be inbound.
  const mayBeInbound = !["outbound", "internal"].includes(directionOf(fields.get("direction")) ?? "");
  if (mayBeInbound && !fields.has("queueagentname") && !fields.has("answerterminal")) absent.push("queueagentname");
  if (absent.length === 0) return undefined;
  return {
    status: 422,
    reason: "missing_fields",
    message: `Fields are missing from the event's Body: ${absent.map(describe).join(", ")}.`,
    errors: absent.map((field) => ({
      field,
      message: field === "queueagentname" ? "is missing, and so is answerterminal" : "is missing",
    })),
  };
}

/** Good news without a recording: nothing to audit, so no task. A 4xx would only raise alarms in the phone system. */
export function ignoreUnrecorded(fields: Fields): Reading | undefined {
  const value = fields.get("wasrecorded");
  if (isTrue(value) || isUnrendered(value)) return undefined;
  return { kind: "ignored", reason: "not_recorded", message: "The call was not recorded, so no task is created." };
}

function describe(field: string): string {
  return field === "queueagentname" ? "queueagentname or answerterminal" : field;
}
