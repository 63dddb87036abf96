import { fromBase64, fromHex, toBase64 } from "../../lib/hmac";
import type { SecretRule } from "../contract";
import { secretOfOwner } from "../proof/secret-rules";
import type { HmacSettings } from "./settings";

type Encoding = NonNullable<HmacSettings["secret_encoding"]>;

const asText = secretOfOwner("signing secret");
const KEY_BYTES = 32;

/** The secret of a source whose settings say what its text is. */
export const secret: SecretRule = {
  ...asText,
  problem: (text, settings) => {
    const encoding = encodingOf(settings);
    const wrong = asText.problem(text);
    if (wrong !== undefined || keyOf(text, encoding) !== undefined) return wrong;
    return `must be ${encoding === "hex" ? "hexadecimal" : "base64"}, as settings.secret_encoding says`;
  },
  mint: (settings) => {
    // Hexadecimal, which is base64 as well, but there 64 letters would be a key of 48 bytes that nobody else expects.
    if (encodingOf(settings) !== "base64") return asText.mint?.() ?? "";
    return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))}`;
  },
};

/** The key a secret stands for; undefined when it is not in its encoding. The mark `whsec_` is no part of bytes. */
export function keyOf(text: string, encoding: Encoding): string | Uint8Array<ArrayBuffer> | undefined {
  if (encoding === "text") return text;
  const plain = text.replace(/^whsec_/, "");
  const bytes = encoding === "hex" ? fromHex(plain) : fromBase64(plain);
  return bytes && bytes.length > 0 ? bytes : undefined;
}

function encodingOf(settings: Readonly<Record<string, unknown>> | undefined): Encoding {
  return (settings?.["secret_encoding"] as Encoding | undefined) ?? "text";
}
