import { readContentLength } from "../lib/http/content-length";
import type { HeaderFields } from "../lib/http/header-fields";
import { err, ok, type Result } from "../lib/result";

/** Why there is no body: it is over the limit (`size` is what is known of it), or the sender disconnected. */
export type BodyProblem = { kind: "too_large"; size: number } | { kind: "cut_short" };

/**
 * Reads the raw bytes of a request up to a limit. A larger declared length is refused without reading, an undeclared
 * one as soon as the bytes exceed the limit. The array holds exactly the body, because a queue message carries its
 * whole buffer.
 */
export async function readBody(
  request: Request,
  headers: HeaderFields,
  cap: number,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyProblem>> {
  const declared = readContentLength(headers.get("content-length")) ?? 0;
  if (declared > cap) {
    await request.body?.cancel();
    return err({ kind: "too_large", size: declared });
  }
  // HTTP delivers no more than was declared, and one read is much cheaper than a stream.
  if (declared > 0) return readWhole(request, cap);
  if (!request.body) return ok(new Uint8Array(0));
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ok(join(chunks, size));
      size += value.length;
      if (size > cap) {
        await reader.cancel();
        return err({ kind: "too_large", size });
      }
      chunks.push(value);
    }
  } catch {
    return err({ kind: "cut_short" });
  }
}

async function readWhole(request: Request, cap: number): Promise<Result<Uint8Array<ArrayBuffer>, BodyProblem>> {
  try {
    const body = new Uint8Array(await request.arrayBuffer());
    return body.length > cap ? err({ kind: "too_large", size: body.length }) : ok(body);
  } catch {
    return err({ kind: "cut_short" });
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
