import { err, ok, type Result } from "../../lib/result";
import type { Reading, ReadingConfig, Refusal, SignedSource } from "../contract";
import { callKeyOf, mapEvent, OUTCOMES, type AudianEvent } from "./map";
import { missing, readEnvelope } from "./payload";
import { precheck, verify } from "./verify";

const DEFAULT_TIME_ZONE = "UTC";

/** Audian's webhooks: signed, timestamped JSON; the source's secret is the `signing_secret` Audian showed once. */
export const audian: SignedSource = {
  kind: "audian",
  authentication: "signature",
  bodyCap: 1_048_576,
  precheck,
  verify,
  read,
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
  if (externalId === null) return err(missing([{ field: "data.call_id", message: "is missing" }]));
  const facts = mapEvent(event, envelope.value, externalId, config.settings.timeZone ?? DEFAULT_TIME_ZONE);
  return ok({ kind: "calls", facts: [facts] });
}

function isKnown(event: string): event is AudianEvent {
  return Object.hasOwn(OUTCOMES, event);
}
