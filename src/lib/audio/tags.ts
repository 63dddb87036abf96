/** A block of metadata in an audio file: title, author, lyrics, pictures. */
export type Tag = {
  /** Its length in bytes. */
  bytes: number;
  /** Bytes before it that belong to it: the fields of an APE tag that has only a footer. */
  before: number;
};

const ID3V1_BYTES = 128;
const ID3V2_HEADER_BYTES = 10;
const APE_MARK_BYTES = 32;
// An enhanced ID3v1 tag ("TAG+") precedes the plain one.
const ID3V1_ENHANCED_BYTES = 227;
const LYRICS_BEGIN = "LYRICSBEGIN";
/** Lyrics3 v1 holds at most 5,100 bytes. v2 may hold more, but no lyrics are longer than this. */
const MAX_LYRICS_BYTES = 24_000;

/** The tag at `at`. "unclear": more bytes are needed. */
export function tagAt(bytes: Uint8Array, at: number): Tag | "none" | "unclear" {
  switch (bytes[at]) {
    case 0x49:
      return id3v2At(bytes, at);
    case 0x54:
      return id3v1At(bytes, at);
    case 0x41:
      return apeAt(bytes, at);
    case 0x4c:
      return lyricsAt(bytes, at);
    default:
      return at < bytes.length ? "none" : "unclear";
  }
}

/** How many bytes of tags a file begins with, as far as these first bytes show. */
export function leadingTagBytes(head: Uint8Array): number {
  let length = 0;
  while (length < head.length) {
    const tag = tagAt(head, length);
    if (typeof tag === "string") break;
    length += tag.bytes;
  }
  return length;
}

// A header of ten bytes, ending in the length as four bytes of 7 bits, which includes padding. A footer, if flagged,
// adds ten more.
function id3v2At(bytes: Uint8Array, at: number): Tag | "none" | "unclear" {
  const marked = startsWith(bytes, at, "ID3");
  if (marked !== "yes") return marked;
  if (bytes.length - at < ID3V2_HEADER_BYTES) return "unclear";
  const [a, b, c, d] = [bytes[at + 6]!, bytes[at + 7]!, bytes[at + 8]!, bytes[at + 9]!];
  if ((a | b | c | d) & 0x80) return "none";
  const footer = (bytes[at + 5]! & 0x10) !== 0 ? ID3V2_HEADER_BYTES : 0;
  return { bytes: ID3V2_HEADER_BYTES + ((a << 21) | (b << 14) | (c << 7) | d) + footer, before: 0 };
}

function id3v1At(bytes: Uint8Array, at: number): Tag | "none" | "unclear" {
  const marked = startsWith(bytes, at, "TAG");
  if (marked !== "yes") return marked;
  return { bytes: bytes[at + 3] === 0x2b ? ID3V1_ENHANCED_BYTES : ID3V1_BYTES, before: 0 };
}

// APEv1 and v2: the same 32 bytes as a header before the fields and as a footer after them; either may be absent. The
// size counts fields and footer. Bit 29 of the flags says which of the two this is.
function apeAt(bytes: Uint8Array, at: number): Tag | "none" | "unclear" {
  const marked = startsWith(bytes, at, "APETAGEX");
  if (marked !== "yes") return marked;
  if (bytes.length - at < APE_MARK_BYTES) return "unclear";
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, APE_MARK_BYTES);
  const [size, flags] = [view.getUint32(12, true), view.getUint32(20, true)];
  const isHeader = (flags & 0x2000_0000) !== 0;
  if (isHeader) return { bytes: APE_MARK_BYTES + size, before: 0 };
  return { bytes: APE_MARK_BYTES, before: Math.max(0, size - APE_MARK_BYTES) };
}

// Version 1 ends with a word, version 2 with its size in six digits and another word; before them is text. Both precede
// an ID3v1 tag.
function lyricsAt(bytes: Uint8Array, at: number): Tag | "none" | "unclear" {
  const marked = startsWith(bytes, at, LYRICS_BEGIN);
  if (marked !== "yes") return marked;
  const text = new TextDecoder("latin1").decode(bytes.subarray(at, at + MAX_LYRICS_BYTES));
  const end = /LYRICSEND|\d{6}LYRICS200/.exec(text);
  if (end) return { bytes: end.index + end[0].length, before: 0 };
  return text.length < MAX_LYRICS_BYTES ? "unclear" : "none";
}

function startsWith(bytes: Uint8Array, at: number, mark: string): "yes" | "none" | "unclear" {
  for (let index = 0; index < mark.length; index += 1) {
    if (at + index >= bytes.length) return "unclear";
    if (bytes[at + index] !== mark.charCodeAt(index)) return "none";
  }
  return "yes";
}
