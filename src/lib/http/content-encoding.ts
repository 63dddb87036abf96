import { err, ok, type Result } from "../result";

type Format = "gzip" | "deflate" | "deflate-raw";

const FORMATS: Readonly<Record<string, Format>> = { gzip: "gzip", "x-gzip": "gzip", deflate: "deflate" };
/** No real sender compresses a body more than once. */
const MAX_ENCODINGS = 2;

export type EncodingProblem = "unsupported" | "too_large" | "broken";

/** The encodings in a Content-Encoding header, in the order they were applied, without `identity`. */
export function contentEncodingsOf(header: string | null): string[] {
  if (header === null) return [];
  const names = header.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && name !== "identity");
}

/** Whether a body with these encodings can be decoded here. */
export function canDecode(encodings: readonly string[]): boolean {
  return encodings.length <= MAX_ENCODINGS && encodings.every((name) => Object.hasOwn(FORMATS, name));
}

/** Decodes a body as long as it stays within `cap` bytes. What exceeds it is never kept in memory. */
export async function decodeBody(
  body: Uint8Array<ArrayBuffer>,
  encodings: readonly string[],
  cap: number,
): Promise<Result<Uint8Array<ArrayBuffer>, EncodingProblem>> {
  if (!canDecode(encodings)) return err("unsupported");
  let current = body;
  for (const name of encodings.toReversed()) {
    let inflated = await inflate(current, FORMATS[name] ?? "gzip", cap);
    // RFC 9110 §8.4.1.2: some send what deflate makes without the wrapping that the name stands for.
    if (!inflated.ok && inflated.error === "broken" && name === "deflate")
      inflated = await inflate(current, "deflate-raw", cap);
    if (!inflated.ok && inflated.error === "broken" && FORMATS[name] === "gzip")
      inflated = await inflateMembers(current, cap);
    if (!inflated.ok) return inflated;
    current = inflated.value;
  }
  return ok(current);
}

async function inflate(
  body: Uint8Array<ArrayBuffer>,
  format: Format,
  cap: number,
): Promise<Result<Uint8Array<ArrayBuffer>, EncodingProblem>> {
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream(format));
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > cap) {
        await reader.cancel().catch(() => undefined);
        return err("too_large");
      }
      chunks.push(value);
    }
  } catch {
    return err("broken");
  }
  return ok(joined(chunks, size));
}

/** How often a body is inflated at most to find where its members end. */
const MEMBER_TRIES = 32;
/** How a member begins: its two marks, and deflate as its method (RFC 1952 §2.3.1). */
const MEMBER_HEAD = [0x1f, 0x8b, 0x08] as const;

/**
 * A gzip of several members, one behind the other (RFC 1952 §2.2), which the runtime refuses. A piece that begins like
 * a member and inflates to its own checksum is one.
 */
async function inflateMembers(
  body: Uint8Array<ArrayBuffer>,
  cap: number,
): Promise<Result<Uint8Array<ArrayBuffer>, EncodingProblem>> {
  const members: Uint8Array[] = [];
  let size = 0;
  let start = 0;
  let end = nextMember(body, start);
  for (let tries = 0; tries < MEMBER_TRIES && start < body.length; tries += 1) {
    const inflated = await inflate(body.slice(start, end), "gzip", cap - size);
    if (inflated.ok) {
      members.push(inflated.value);
      size += inflated.value.length;
      start = end;
    } else if (inflated.error === "too_large" || end === body.length) return inflated;
    end = nextMember(body, end);
  }
  return start === body.length ? ok(joined(members, size)) : err("broken");
}

/** Where the next member may begin behind `position`; the end of the body where none does. */
function nextMember(body: Uint8Array, position: number): number {
  for (let at = position + 1; at + MEMBER_HEAD.length <= body.length; at += 1)
    if (MEMBER_HEAD.every((byte, index) => body[at + index] === byte)) return at;
  return body.length;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
