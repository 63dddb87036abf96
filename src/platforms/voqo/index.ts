import { ok, type Result } from "../../lib/result";
import { toText } from "../reading/coerce";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { firstText } from "../reading/fields";
import { fieldsOf, readJsonObject, type Fields } from "../reading/json-object";
import { missingFields, notJson } from "../refusals";
import { mintSecret, secretOfPlatform } from "../proof/secret-rules";
import { guide } from "./guide";
import { mapCallEnded } from "./map";
import { voqoSettings, type VoqoSettings } from "./settings";
import { precheck, verify } from "./verify";

/** Voqo, whose agents are machines: one event when a call has ended, with all that was said. Its links are signed. */
export const voqo: SignedPlatform<VoqoSettings> = {
  kind: "voqo",
  title: "Voqo",
  authentication: "signature",
  // The platform makes it once it has the source's address: one of ours holds its place until then.
  secret: { ...secretOfPlatform("webhook secret", 8), origin: "either", mint: mintSecret },
  // Transcript and timeline say the same twice; an hour of talk comes to some 150 kB.
  bodyCap: 2_097_152,
  settings: voqoSettings,
  precheck,
  verify,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig<VoqoSettings>,
): Promise<Result<Reading, Refusal>> {
  const json = readJsonObject(body);
  if (!json.ok) return notJson(json.error);
  const event = toText(json.value.get("event_type"));
  if (!event) return missingFields(["event_type"]);
  if (event !== "call_ended")
    return ok({ kind: "ignored", reason: "event_ignored", message: "Only call_ended is processed." });
  const data: Fields = fieldsOf(json.value.get("data")) ?? new Map();
  // Trunkline's own deliveries in this form say so when they are tests.
  if (data.get("test") === true)
    return ok({ kind: "ignored", reason: "test_event", message: "A test event: no call is made of it." });
  const externalId = firstText(data, ["id"]);
  if (externalId === null) return missingFields(["data.id"]);
  return ok({ kind: "calls", facts: [mapCallEnded(json.value, data, externalId, settings)] });
}
