/** The longest chunk-size line, extensions included, in bytes. */
const MAX_LINE = 1_000;

/**
 * Decodes a body in HTTP's chunked coding (RFC 9112 §7.1). Ends where the coding is broken; bytes before that are kept.
 */
export async function* unchunked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let line = "";
  let left = 0;
  let isFirst = true;
  for await (const piece of pieces) {
    let at = 0;
    while (at < piece.length) {
      if (left > 0) {
        const bytes = piece.subarray(at, at + left);
        yield bytes;
        at += bytes.length;
        left -= bytes.length;
        continue;
      }
      const byte = piece[at] ?? 0;
      at += 1;
      if (byte !== 0x0a) {
        line += String.fromCharCode(byte);
        if (line.length > MAX_LINE) return;
        continue;
      }
      // Each chunk ends with an empty line.
      if (line.trim() === "" && !isFirst) {
        line = "";
        continue;
      }
      const size = /^\s*([0-9a-f]{1,8})\s*(?:;|$)/i.exec(line)?.[1];
      if (size === undefined || Number.parseInt(size, 16) === 0) return;
      left = Number.parseInt(size, 16);
      line = "";
      isFirst = false;
    }
  }
}
