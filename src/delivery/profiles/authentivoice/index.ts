import type { EventType } from "../../../events";
import { pythonJson } from "../../../lib/python-json";
import { SECOND } from "../../../lib/time";
import type { RetryPolicy } from "../../object/schedule";
import { makeBody, requestOf } from "../body";
import type { AttemptContext, Profile, ProfileRequest, SigningContext } from "../contract";
import { judge } from "../judge";
import { checkTextSecret, newTextSecret } from "../secret";
import { hexSignatureHeaders, secondsOf } from "../sign";
import { pathsLike } from "../template-paths";
import { PAYLOAD_PATHS, webhookPayload } from "./payload";
import { waitsOf } from "./retry-policy";

const SIGNATURE = "X-AuthentiVoice-Signature";

/** "Available Events" of the contract. */
const EVENTS = [
  "analysis.created",
  "analysis.completed",
  "analysis.failed",
  "analysis.updated",
  "review.assigned",
  "review.completed",
  "review.escalated",
  "review.consensus_reached",
  "fraud.high_risk",
  "fraud.critical",
  "quality.threshold_breach",
  "sla.violation",
] satisfies EventType[];

// "Return 200 OK within 5 seconds"; the retries are those of the contract's example.
const POLICY: RetryPolicy = {
  waits: waitsOf({ maxRetries: 3, backoffMultiplier: 2 }),
  jitter: 0.2,
  timeout: 5 * SECOND,
};

/**
 * AuthentiVoice's webhook. Its sample receiver parses the body and signs Python's `json.dumps` of it, so the body is
 * written that way. The signature covers the retry count, so each attempt is signed anew.
 */
export const authentivoice: Profile = {
  name: "authentivoice",
  eventTypes: EVENTS,
  aliases: {},
  policy: POLICY,
  reservedHeaders: ["x-authentivoice-signature", "x-authentivoice-timestamp"],
  checkSecret: checkTextSecret,
  newSecret: newTextSecret,
  overlaps: false,
  overlapsByDefault: false,
  ...pathsLike(() => PAYLOAD_PATHS),
  signature: { form: "hex", header: SIGNATURE, timestamp: null },
  sign,
  request,
  judge,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = makeBody(context, webhookPayload(context), pythonJson);
  return requestOf(context, body, await sign(context, body.text));
}

async function sign({ secrets, now }: SigningContext, body: string): Promise<Record<string, string>> {
  return {
    ...(await hexSignatureHeaders(SIGNATURE, secrets.slice(0, 1), body)),
    "X-AuthentiVoice-Timestamp": secondsOf(now),
  };
}
