import { toHex } from "../../lib/hmac";

/** The request, whose body is hashed while somebody else reads it; the hash of what was read, once that is over. */
export function hashInPassing(request: Request): { request: Request; hash(): Promise<string | null> } {
  if (request.body === null) return { request, hash: () => Promise.resolve(null) };
  const digest = new crypto.DigestStream("SHA-256");
  const writer = digest.getWriter();
  let isWhole = false;
  const passing = new TransformStream<Uint8Array, Uint8Array>({
    transform: async (chunk, controller) => {
      // Whoever reads may transfer the bytes.
      await writer.write(chunk.slice());
      controller.enqueue(chunk);
    },
    flush: async () => {
      isWhole = true;
      await writer.close();
    },
  });
  return {
    request: new Request(request.url, {
      method: "POST",
      headers: request.headers,
      body: request.body.pipeThrough(passing),
    }),
    hash: async () => {
      if (isWhole) return toHex(new Uint8Array(await digest.digest));
      // A body that was refused half-way has no hash.
      await writer.abort(new Error("not read")).catch(() => undefined);
      await digest.digest.catch(() => undefined);
      return null;
    },
  };
}

/** The hash of a body that nobody else reads. */
export async function hashOf(request: Request): Promise<string | null> {
  if (request.body === null) return null;
  const digest = new crypto.DigestStream("SHA-256");
  await request.body.pipeTo(digest);
  return toHex(new Uint8Array(await digest.digest));
}
