import { timingSafeEqual } from "node:crypto";
import { source } from "./profiles.ts";

/** A callback as Twilio sends it, and the secrets of the source it comes to. */
export type Callback = { url: string; body: string; signature: string; contentType: string; secrets: string[] };

type Verify = (request: unknown, config: unknown) => Promise<{ ok: boolean }>;

// workerd's own addition to WebCrypto, which the source uses.
Object.assign(crypto.subtle, {
  timingSafeEqual: (one: ArrayBuffer, other: ArrayBuffer) => timingSafeEqual(bytes(one), bytes(other)),
});

const { verify: verifyTwilio } = (await source("platforms/twilio/verify")) as { verify: Verify };

/** Whether our Twilio source takes the callback. */
export async function verify({ url, body, signature, contentType, secrets }: Callback): Promise<boolean> {
  const headers = new Headers({ "x-twilio-signature": signature, "content-type": contentType });
  const request = { url, headers, body: new TextEncoder().encode(body) };
  const result = await verifyTwilio(request, { settings: {}, secrets });
  return result.ok;
}

function bytes(data: ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
