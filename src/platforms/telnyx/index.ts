import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { missingFields } from "../refusals";
import { recordingAccess } from "./access";
import { readEnvelope } from "./read";
import { guide } from "./guide";
import { callKeyOf, mapEvent } from "./map";
import { credentials, settings, type TelnyxSettings } from "./settings";
import { precheck, publicKey, verify } from "./verify";

/**
 * Telnyx Call Control: events of legs and recordings, signed with Telnyx's own key. Everything of one session is one call,
 * however many legs it has.
 */
export const telnyx: SignedPlatform<TelnyxSettings> = {
  kind: "telnyx",
  title: "Telnyx",
  authentication: "signature",
  secret: publicKey,
  bodyCap: 262_144,
  settings,
  credentials,
  precheck,
  verify,
  read,
  recordingAccess,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig<TelnyxSettings>,
): Promise<Result<Reading, Refusal>> {
  const event = readEnvelope(body);
  if (!event.ok) return event;
  if (!event.value) {
    return ok({
      kind: "ignored",
      reason: "event_ignored",
      message: "Only call.initiated, call.answered, call.hangup and saved recordings are processed.",
    });
  }
  const externalId = callKeyOf(event.value);
  if (externalId === null) return missingFields(["data.payload.call_session_id"]);
  return ok({ kind: "calls", facts: mapEvent(event.value, externalId, config.settings) });
}
