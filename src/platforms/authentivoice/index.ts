import { ok, type Result } from "../../lib/result";
import { isTrue } from "../reading/coerce";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { missingFields } from "../refusals";
import { secretOfOwner } from "../proof/secret-rules";
import { commonSettings } from "../settings";
import { isKnownEvent, OUTCOMES } from "./events";
import { guide } from "./guide";
import { mapEvent } from "./map";
import { callKeyOf, readPayload } from "./read";
import { precheck, verify } from "./verify";

/** AuthentiVoice, which analyses and reviews audio: what it finds and what its people decide, gathered by call. */
export const authentivoice: SignedPlatform = {
  kind: "authentivoice",
  title: "AuthentiVoice",
  authentication: "signature",
  secret: secretOfOwner("secret"),
  bodyCap: 262_144,
  settings: commonSettings,
  precheck,
  verify,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  { settings }: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const payload = readPayload(body);
  if (!payload.ok) return payload;
  const { event, metadata, resourceId, resourceType } = payload.value;
  if (!isKnownEvent(event)) return ignored("event_ignored", `Only ${Object.keys(OUTCOMES).join(", ")} are processed.`);
  if (isTrue(metadata.get("test"))) return ignored("test_event", "A test event: no call is made of it.");
  const externalId = callKeyOf(payload.value);
  if (externalId !== null) return ok({ kind: "calls", facts: [mapEvent(event, payload.value, externalId, settings)] });
  if (resourceId === null || resourceType === null) return missingFields(["data.resourceId", "data.resourceType"]);
  return ignored("no_call", "The event names no call in data.metadata.callId, and what it is about stands for none.");
}

function ignored(reason: string, message: string): Result<Reading, Refusal> {
  return ok({ kind: "ignored", reason, message });
}
