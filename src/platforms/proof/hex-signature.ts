import { fromHex } from "../../lib/hmac";
import { ok, type Result } from "../../lib/result";
import type { Refusal } from "../contract";
import { unauthorized } from "../refusals";

/** The HMAC-SHA256 that a header holds in hexadecimal, in either case; `name` as the platform writes the header. */
export function hexSignature(headers: Headers, name: string): Result<Uint8Array<ArrayBuffer>, Refusal> {
  const signature = headers.get(name);
  if (signature === null) return unauthorized("missing_signature", `${name} is required.`);
  // A receiver's library for such signatures may write `sha256=` before it, in any case.
  const bare = signature.trim().replace(/^sha256\s*=\s*/i, "");
  const bytes = bare.length === 64 ? fromHex(bare) : undefined;
  return bytes ? ok(bytes) : unauthorized("malformed_signature", `${name} must be 64 hexadecimal characters.`);
}
