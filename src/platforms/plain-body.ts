import type { HeaderFields } from "../lib/http/header-fields";
import { contentEncodingsOf, decodeBody } from "../lib/http/content-encoding";
import { readContentType, URL_ENCODED } from "../lib/http/content-type";
import { err, ok, type Result } from "../lib/result";
import type { Refusal } from "./contract";
import { latin1, percentBytes } from "./reading/text";

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
// Declared by default where nobody chose a charset; whatever is beyond it is none of it.
const UNDECLARED = /^(?:utf-?8|(?:us-)?ascii|ansi_x3\.4-1968)$/;
const TEXT = /^(?:text\/|application\/(?:json|x-www-form-urlencoded|xml)$|.*\+(?:json|xml)$|$)/;

/**
 * A body as the readers take it: inflated where it came compressed, within `cap` bytes, and in UTF-8 where its
 * Content-Type or a byte order mark says that it is another charset. What was signed and is kept is the body as it
 * came.
 */
export async function plainBodyOf(body: Bytes, headers: HeaderFields, cap: number): Promise<Result<Bytes, Refusal>> {
  const inflated = await inflatedBodyOf(body, headers, cap);
  return inflated.ok ? inUtf8(inflated.value, readContentType(headers.get("content-type"))) : inflated;
}

/** The body without its Content-Encoding, byte for byte: some senders sign it so. */
export async function inflatedBodyOf(body: Bytes, headers: HeaderFields, cap: number): Promise<Result<Bytes, Refusal>> {
  const encodings = contentEncodingsOf(headers.get("content-encoding"));
  if (encodings.length === 0) return ok(body);
  const decoded = await decodeBody(body, encodings, cap);
  if (decoded.ok) return decoded;
  switch (decoded.error) {
    case "unsupported":
      return err({
        status: 415,
        reason: "unsupported_encoding",
        message: "Send the body as it is, or with Content-Encoding gzip or deflate.",
      });
    case "too_large":
      return err({ status: 413, reason: "body_too_large", message: `Inflated, the body is larger than ${cap} bytes.` });
    case "broken":
      return err({
        status: 400,
        reason: "broken_encoding",
        message: "The body is not what its Content-Encoding says.",
      });
  }
}

function inUtf8(body: Bytes, { type, charset }: ReturnType<typeof readContentType>): Result<Bytes, Refusal> {
  const named = markedCharset(body) ?? charset;
  if (named === undefined || UNDECLARED.test(named) || !TEXT.test(type)) return ok(body);
  try {
    const decoder = new TextDecoder(named, { fatal: true, ignoreBOM: false });
    const text = type === URL_ENCODED ? formInUtf8(body, decoder) : decoder.decode(body);
    return ok(new Uint8Array(encoder.encode(text)));
  } catch (cause) {
    // A RangeError: no charset of that name; a TypeError: the bytes are none of it.
    if (cause instanceof RangeError)
      return err({ status: 415, reason: "unsupported_charset", message: "Send the body in UTF-8." });
    return err({ status: 400, reason: "broken_charset", message: "The body is not in the charset its type names." });
  }
}

// The pairs of percent-encoding stand for bytes of the charset (HTML standard, "URL-encoded form data").
function formInUtf8(body: Bytes, decoder: TextDecoder): string {
  const encoded = (text: string) => encodeURIComponent(decoder.decode(percentBytes(text.replaceAll("+", " "))));
  return latin1(body).replace(/[^&=]+/g, encoded);
}

// What a body begins with outweighs what its type says (Encoding standard, "BOM sniff").
function markedCharset([first, second]: Bytes): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}
