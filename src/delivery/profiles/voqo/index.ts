import { SECOND } from "../../../lib/time";
import type { RetryPolicy } from "../../object/schedule";
import { makeBody, requestOf } from "../body";
import type { AttemptContext, Profile, ProfileRequest, SigningContext } from "../contract";
import { judgeClientErrorsFinal } from "../judge";
import { checkTextSecret, newTextSecret } from "../secret";
import { hexSignatureHeaders, secondsOf, standardContent, v1Signature } from "../sign";
import { pathsLike } from "../template-paths";
import { callEnded, PAYLOAD_PATHS } from "./payload";

const SIGNATURE = "X-Webhook-Signature";

// "Total Retries: 3 attempts", "5 seconds between retries", "10 seconds per request": exact times, so no jitter.
const POLICY: RetryPolicy = { waits: [5 * SECOND, 5 * SECOND, 5 * SECOND], jitter: 0, timeout: 10 * SECOND };

/**
 * Voqo's webhook: `call_ended`, sent when recording and analysis are settled. Its signature covers only the body, so a
 * captured request could be sent again. Each request therefore also carries the Standard Webhooks headers, keyed with
 * the secret's own characters.
 */
export const voqo: Profile = {
  name: "voqo",
  eventTypes: ["call.processed"],
  aliases: { call_ended: ["call.processed"] },
  policy: POLICY,
  reservedHeaders: ["x-webhook-signature", "x-webhook-signature-previous", "x-webhook-timestamp"],
  checkSecret: checkTextSecret,
  newSecret: newTextSecret,
  overlaps: true,
  overlapsByDefault: false,
  ...pathsLike(() => PAYLOAD_PATHS),
  signature: { form: "hex", header: SIGNATURE, timestamp: null },
  sign,
  request,
  judge: judgeClientErrorsFinal,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = makeBody(context, callEnded(context));
  return requestOf(context, body, await sign(context, body.text));
}

async function sign(context: SigningContext, body: string): Promise<Record<string, string>> {
  const timestamp = secondsOf(context.now);
  const content = standardContent(context.eventId, timestamp, body);
  const signatures = await Promise.all(context.secrets.map((secret) => v1Signature(secret, content)));
  return {
    ...(await hexSignatureHeaders(SIGNATURE, context.secrets, body)),
    "X-Webhook-Timestamp": timestamp,
    "webhook-id": context.eventId,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
