/**
 * The same request, and a way to read what of its body nobody has read once it is answered. `wrangler dev` ends, with
 * everything it serves, when a request is answered before its body was read; Cloudflare itself does not mind.
 */
export function withWholeBody(request: Request): { request: Request; readRest(): Promise<void> } {
  if (request.body === null) return { request, readRest: async () => undefined };
  const reader = request.body.getReader();
  let last: Promise<unknown> = Promise.resolve();
  // One after the other: workerd takes no second read while one is under way.
  function read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const next = last.then(() => reader.read());
    last = next.catch(() => undefined);
    return next;
  }
  // Of our own, so that a handler who locks, cancels or forgets it leaves the one behind it to us.
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  async function readRest(): Promise<void> {
    try {
      while (!(await read()).done) continue;
    } catch {
      // The sender left in the middle: there is nothing more to read.
    }
  }
  return { request: new Request(request, { method: request.method, body }), readRest };
}
