import { readContentLength } from "../http/content-length";
import { unchunked } from "./chunks";
import { NetworkFailure } from "./network-failure";

/** The longest header section, in bytes: far more than real answers have. */
const MAX_HEAD = 64 * 1024;
const BODILESS = new Set([204, 205, 304]);

/**
 * The final answer after interim ones. The local runtime takes `103 Early Hints` and `100 Continue` for the answer, and
 * everything after it on the connection for its body (workerd's HTTP client does not know interim answers). That body
 * is therefore parsed as HTTP. Every other answer passes unchanged.
 */
export async function finalAnswer(response: Response): Promise<Response> {
  const { status, body } = response;
  if (status >= 200 || status === 101 || !body) return response;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  let seen: Uint8Array = new Uint8Array(0);
  for (;;) {
    const head = headOf(seen);
    if (head && head.status >= 200) return answerOf(head, seen.subarray(head.end), reader);
    if (head) {
      seen = seen.subarray(head.end);
      continue;
    }
    const { done, value } = await reader.read();
    if (done) throw new NetworkFailure("closed", `the connection ended after the interim answer ${status}`);
    seen = joined(seen, value);
    if (seen.length > MAX_HEAD) {
      await reader.cancel();
      throw new NetworkFailure("unknown", `what followed the interim answer ${status} is no answer`);
    }
  }
}

type Head = { status: number; headers: Headers; end: number };

function headOf(bytes: Uint8Array): Head | undefined {
  // One byte is one character: header values may have any byte, and a text decoder would produce characters that
  // headers cannot hold.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const blank = /\r?\n\r?\n/.exec(text);
  if (!blank) return undefined;
  const [first = "", ...lines] = text.slice(0, blank.index).split(/\r?\n/);
  const status = Number(/^HTTP\/1\.\d (\d{3})(?: |$)/.exec(first)?.[1]);
  if (!(status >= 100 && status <= 599))
    throw new NetworkFailure("unknown", "what followed an interim answer is no HTTP");
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.append(name, value);
  }
  return { status, headers, end: blank.index + blank[0].length };
}

async function answerOf(
  { status, headers }: Head,
  rest: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Response> {
  if (BODILESS.has(status) || lengthOf(headers) === 0) {
    await reader.cancel();
    return new Response(null, { status, headers });
  }
  const isChunked = /\bchunked\s*$/i.test(headers.get("transfer-encoding") ?? "");
  const pieces = piecesOf(rest, reader);
  const body = isChunked ? unchunked(pieces) : upTo(lengthOf(headers), pieces);
  return new Response(streamOf(body, reader), { status, headers });
}

function lengthOf(headers: Headers): number {
  return readContentLength(headers.get("content-length")) ?? Number.POSITIVE_INFINITY;
}

async function* piecesOf(first: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>) {
  if (first.length > 0) yield first;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function* upTo(length: number, pieces: AsyncIterable<Uint8Array>) {
  let left = length;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

function streamOf(pieces: AsyncGenerator<Uint8Array>, reader: ReadableStreamDefaultReader<Uint8Array>) {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (!done) return controller.enqueue(value);
      controller.close();
      await reader.cancel();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
