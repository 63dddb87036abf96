// Names come in whatever code page a telephone, a carrier or an exchange writes. One byte that is not UTF-8 must cost
// neither the call nor the other values, so each value that is not UTF-8 is decoded by itself.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A body of nothing but broken values would keep the isolate busy: what follows so many is decoded in one piece. */
const MAX_PIECES = 1_000;
const REPLACED = "\uFFFD";
// U+FFFD as a sender wrote it itself: its three bytes read as windows-1252.
const WRITTEN_REPLACED = "ï¿½";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
const lossy = new TextDecoder("utf-8");
const western = new TextDecoder("windows-1252");
const encoder = new TextEncoder();

/** The text of UTF-8 bytes without a byte order mark, or undefined when they are not UTF-8. */
export function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text of one value. Where it is not UTF-8 it is windows-1252 (of which Latin-1 is a part), unless other characters
 * of it show that it is UTF-8 which was damaged or cut: then what is broken becomes U+FFFD.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = lossy.decode(bytes);
  if (!text.includes(REPLACED)) return text;
  if (/[^\p{ASCII}\uFFFD]/u.test(text)) return text;
  const other = western.decode(bytes);
  return other.includes(WRITTEN_REPLACED) ? text : other;
}

/** The text of a JSON body: UTF-8, but for those of its strings that are not. */
export function decodeJson(body: Uint8Array): string {
  return readUtf8(body) ?? decodePieces(body, QUOTE, BACKSLASH);
}

// Cut before every separator that no escape precedes, and each piece decoded by itself.
function decodePieces(body: Uint8Array, separator: number, escape: number): string {
  let text = "";
  let start = 0;
  let decoded = 0;
  let isAscii = true;
  for (let at = 0; at < body.length && decoded < MAX_PIECES; at += 1) {
    const byte = body[at] ?? 0;
    if (byte > 0x7f) isAscii = false;
    if (byte === escape) at += 1;
    if (byte !== separator || isAscii) continue;
    text += decodeText(body.subarray(start, at));
    start = at;
    isAscii = true;
    decoded += 1;
  }
  const rest = body.subarray(start);
  return withoutMark(text + (decoded < MAX_PIECES ? decodeText(rest) : lossy.decode(rest)));
}

/** Every name and value of an URL-encoded form, in the order they came. */
export function decodeForm(body: Uint8Array): [string, string][] {
  const entries = formEntries(body);
  if (!entries.some((entry) => entry.some((text) => text.includes(REPLACED)))) return entries;
  return latin1(body)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair, index) => {
      const equals = pair.indexOf("=");
      const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      const decode = index < MAX_PIECES ? decodeText : (bytes: Uint8Array) => lossy.decode(bytes);
      return [decode(formBytes(name)), decode(formBytes(value))];
    });
}

/** The same as any library decodes it, every broken byte as U+FFFD: what a signature over the values is made of. */
export function formEntries(body: Uint8Array): [string, string][] {
  return [...new URLSearchParams(lossy.decode(body))];
}

/** What percent-encoding stands for; what is no encoding stays as it is. `+` is a plus here, not a space. */
export function decodePercent(text: string): string {
  return text.includes("%") ? decodeText(percentBytes(latin1(encoder.encode(text)))) : text;
}

/** The bytes that percent-encoding in a text of bytes stands for. */
export function percentBytes(text: string): Uint8Array<ArrayBuffer> {
  return bytesOfLatin1(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_all, pair: string) => String.fromCharCode(parseInt(pair, 16))),
  );
}

/** Bytes as a text with one character each, U+0000 to U+00FF, to be searched and cut before it is decoded. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}

/** The bytes of a text that `latin1` made. */
export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function formBytes(text: string): Uint8Array<ArrayBuffer> {
  return percentBytes(text.replaceAll("+", " "));
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
