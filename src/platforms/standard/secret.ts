import { fromBase64, toBase64 } from "../../lib/hmac";
import type { SecretRule } from "../contract";

const PREFIX = "whsec_";
// Standard Webhooks specification, "Signature scheme": between 24 and 64 bytes.
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** `whsec_` and base64, as the specification has it. The sender may show it, or take ours. */
export const secret: SecretRule = {
  name: "signing secret",
  origin: "either",
  problem: (text) => (keyOf(text) ? undefined : `must be whsec_ and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`),
  mint: () => `${PREFIX}${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`,
};

/** The key's bytes; undefined for a text that is no such secret. */
export function keyOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text);
  return bytes && bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? bytes : undefined;
}
