import { fromBase64, hmac, toBase64 } from "../../lib/hmac";
import { toIso } from "../../lib/time";
import type { AttemptContext, Profile, ProfileRequest } from "./contract";

/** Standard Webhooks 1.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standard: Profile = {
  name: "standard",
  speaks: () => true,
  request,
};

async function request(context: AttemptContext): Promise<ProfileRequest> {
  const body = JSON.stringify({
    id: context.eventId,
    type: context.type,
    timestamp: toIso(context.recordedAt),
    seq: context.seq,
    ...(context.gap ? { gap: context.gap } : {}),
    data: context.data,
  });
  const timestamp = String(Math.floor(context.now / 1000));
  const signed = new TextEncoder().encode(`${context.eventId}.${timestamp}.${body}`);
  const signatures = await Promise.all(
    context.secrets.map(async (secret) => `v1,${toBase64(await hmac("SHA-256", keyOf(secret), signed))}`),
  );
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": context.eventId,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    },
    body,
  };
}

/** The key is what stands behind `whsec_`, base64-decoded. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const key = secret.startsWith("whsec_") ? fromBase64(secret.slice("whsec_".length)) : undefined;
  if (!key) throw new Error("a standard endpoint's secret is not whsec_ and base64");
  return key;
}
