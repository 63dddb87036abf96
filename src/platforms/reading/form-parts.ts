import { readContentType } from "../../lib/http/content-type";
import { boundaryOf, readMultipart, type Part } from "../../lib/multipart";
import { ok, type Result } from "../../lib/result";
import type { Refusal } from "../contract";
import { unreadable } from "../refusals";
import type { Fields } from "./json-object";
import { decodeText } from "./text";

/**
 * The fields of a body of type multipart/form-data. Each is in the charset that its part names, else in the one that
 * the form names (RFC 7578 §4.6: its type, or a field `_charset_` before the others), else in whatever it is. Files are
 * passed over.
 */
export async function readFormParts(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Result<Fields, Refusal>> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return invalidForm("its Content-Type names no boundary");
  const reader = readMultipart(new Blob([body]).stream(), boundary);
  const fields = new Map<string, unknown>();
  let charset = readContentType(contentType).charset;
  for (;;) {
    const part = await reader.next();
    if (!part.ok) return invalidForm(part.error.message);
    if (part.value === undefined) return ok(fields);
    const bytes = await bytesOf(part.value);
    if (!bytes.ok) return bytes;
    if (part.value.fileName !== null) continue;
    const text = decoded(bytes.value, readContentType(part.value.contentType).charset ?? charset);
    if (part.value.name === "_charset_") charset = text.trim().toLowerCase();
    else fields.set(part.value.name, text);
  }
}

async function bytesOf(part: Part): Promise<Result<Uint8Array, Refusal>> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = await part.read();
    if (!piece.ok) return invalidForm(piece.error.message);
    if (piece.value === undefined) return ok(joined(pieces));
    pieces.push(piece.value);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A value that is not in the charset it is declared in is decoded by what it is. */
function decoded(bytes: Uint8Array, charset: string | undefined): string {
  if (charset === undefined || charset === "us-ascii") return decodeText(bytes);
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}

function invalidForm(why: string): Result<never, Refusal> {
  return unreadable("invalid_form", `The body is not the multipart form its Content-Type says it is: ${why}.`);
}
