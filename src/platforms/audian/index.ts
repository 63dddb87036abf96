import { ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal, SignedPlatform } from "../contract";
import { missingFields } from "../refusals";
import { secretOfOwner } from "../proof/secret-rules";
import { commonSettings } from "../settings";
import { guide } from "./guide";
import { callKeyOf, mapEvent, OUTCOMES, type AudianEvent } from "./map";
import { readEnvelope } from "./read";
import { precheck, verify } from "./verify";

/** Audian's webhooks: signed, timestamped JSON; the source's secret is the `signing_secret` Audian showed once. */
export const audian: SignedPlatform = {
  kind: "audian",
  title: "Audian",
  authentication: "signature",
  secret: secretOfOwner("signing_secret"),
  bodyCap: 1_048_576,
  settings: commonSettings,
  precheck,
  verify,
  read,
  guide,
};

async function read(
  body: Uint8Array<ArrayBuffer>,
  _contentType: string,
  config: ReadingConfig,
): Promise<Result<Reading, Refusal>> {
  const envelope = readEnvelope(body);
  if (!envelope.ok) return envelope;
  const { event, data } = envelope.value;
  if (!isKnown(event)) {
    return ok({
      kind: "ignored",
      reason: "event_ignored",
      message: `Only ${Object.keys(OUTCOMES).join(", ")} are processed.`,
    });
  }
  const externalId = callKeyOf(event, data);
  if (externalId === null) return missingFields(["data.call_id"]);
  return ok({ kind: "calls", facts: [mapEvent(event, envelope.value, externalId, config.settings)] });
}

function isKnown(event: string): event is AudianEvent {
  return Object.hasOwn(OUTCOMES, event);
}
