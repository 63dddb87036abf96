import type { HeaderFields } from "../../lib/http/header-fields";
import { ok, type Result } from "../../lib/result";
import type { Refusal } from "../contract";
import { unauthorized } from "../refusals";
import { readWrittenBytes } from "./written-bytes";

const BYTES = 32;

/**
 * The HMAC-SHA256 that a header holds; `name` as the platform writes the header. Platforms write it in hexadecimal;
 * gateways and libraries that imitate them write the same bytes their own way, and may put `sha256=` before them, in
 * any case.
 */
export function hexSignature(headers: HeaderFields, name: string): Result<Uint8Array<ArrayBuffer>, Refusal> {
  const signature = headers.get(name);
  if (signature === null) return unauthorized("missing_signature", `${name} is required.`);
  const bytes = readHexSignature(signature);
  return bytes ? ok(bytes) : unauthorized("malformed_signature", `${name} must be 64 hexadecimal characters.`);
}

/** Its bytes; undefined where the text is none. */
export function readHexSignature(text: string): Uint8Array<ArrayBuffer> | undefined {
  return readWrittenBytes(text.trim().replace(/^sha-?256\s*=\s*/i, ""), BYTES);
}
