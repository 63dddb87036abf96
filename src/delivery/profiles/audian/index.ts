import { EVENT_TYPES } from "../../../events";
import { SECOND } from "../../../lib/time";
import type { RetryPolicy } from "../../object/schedule";
import { makeBody, requestOf } from "../body";
import type { AttemptContext, Profile, ProfileRequest, SigningContext } from "../contract";
import { judge } from "../judge";
import { newWhsec } from "../secret";
import { hexSignatureHeaders, secondsOf } from "../sign";
import { eventDataPaths, pathsLike } from "../template-paths";
import { fitPayload } from "./fit";
import { OWN_DATA_KEYS, payloadOf } from "./payload";

/**
 * Bodies stay below this many bytes: `express.json()` in the sample receiver refuses 100 kB (102,400 bytes) and more
 * with 413, and an event above it would never be delivered.
 */
export const AUDIAN_BODY_LIMIT = 100_000;

const SIGNATURE = "X-Audian-Signature";

// The contract names the timeout but no schedule: eight attempts, each wait four times the previous one, about 45
// hours.
const POLICY: RetryPolicy = {
  waits: [30, 120, 480, 1_920, 7_680, 30_720, 122_880].map((seconds) => seconds * SECOND),
  jitter: 0.2,
  timeout: 30 * SECOND,
};

/** Audian's webhooks: one signature over `timestamp.body`, keyed with the whole `whsec_…` text, compact JSON. */
export const audian: Profile = {
  name: "audian",
  eventTypes: EVENT_TYPES,
  aliases: {},
  policy: POLICY,
  reservedHeaders: ["x-audian-signature", "x-audian-signature-previous", "x-audian-timestamp", "x-audian-delivery-id"],
  checkSecret,
  newSecret: newWhsec,
  overlaps: true,
  // The sample receivers read one signature, and a rotation replaces the secret at once.
  overlapsByDefault: false,
  ...pathsLike(() => [
    "id",
    "event",
    "timestamp",
    ...OWN_DATA_KEYS.map((key) => `data.${key}`),
    ...eventDataPaths(EVENT_TYPES, "data"),
  ]),
  signature: { form: "hex", header: SIGNATURE, timestamp: "X-Audian-Timestamp" },
  sign,
  request,
  judge,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = makeBody(context, fitPayload(payloadOf(context), AUDIAN_BODY_LIMIT, linkOf(context)));
  if (new TextEncoder().encode(body.text).length >= AUDIAN_BODY_LIMIT) {
    throw new Error(`the template makes a body of ${AUDIAN_BODY_LIMIT} bytes or more`);
  }
  return requestOf(context, body, await sign(context, body.text));
}

async function sign(context: SigningContext, body: string): Promise<Record<string, string>> {
  const timestamp = secondsOf(context.now);
  return {
    ...(await hexSignatureHeaders(SIGNATURE, context.secrets, `${timestamp}.${body}`)),
    "X-Audian-Timestamp": timestamp,
    "X-Audian-Delivery-ID": context.deliveryId,
  };
}

/** Where the whole event can be read. */
function linkOf({ publicUrl, data }: AttemptContext): string {
  const call = data.call as { id?: unknown } | undefined;
  return typeof call?.id === "string"
    ? `${publicUrl}/v1/calls/${encodeURIComponent(call.id.toWellFormed())}/events`
    : publicUrl;
}

function checkSecret(secret: string): string | undefined {
  return /^whsec_[\x21-\x7e]{8,250}$/.test(secret)
    ? undefined
    : "must be whsec_ followed by 8 to 250 printable ASCII characters";
}
