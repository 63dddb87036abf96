// The floor: the cost of a Worker that takes in a signed request and passes it on without any promise: no order, no
// log, no retry, nothing stored. Ours is measured against it in the same runtime.

type Message = { first: number; endpoints: number; body: string };

type Env = {
  QUEUE: { send(message: Message, options: { contentType: "v8" }): Promise<unknown> };
  RECEIVER_URL: string;
  SECRET: string;
};

let key: Promise<CryptoKey> | undefined;

export default {
  /** Reads the body, verifies one HMAC, sends one message, answers. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const body = await request.text();
    const signed = new TextEncoder().encode(`${request.headers.get("x-audian-timestamp")}.${body}`);
    const signature = fromHex(request.headers.get("x-audian-signature") ?? "");
    if (!(await crypto.subtle.verify("HMAC", await keyOf(env.SECRET), signature, signed)))
      return new Response(null, { status: 401 });
    const first = Number(request.headers.get("x-first"));
    const endpoints = Number(request.headers.get("x-endpoints"));
    await env.QUEUE.send({ first, endpoints, body }, { contentType: "v8" });
    return new Response("{}");
  },

  /** Posts every message of the batch to each of its receivers, all at once. */
  async queue(batch: { messages: readonly { body: Message }[] }, env: Env): Promise<void> {
    await Promise.all(
      batch.messages.flatMap(({ body: { first, endpoints, body } }) =>
        Array.from({ length: endpoints }, async (_, endpoint) => {
          const response = await fetch(`${env.RECEIVER_URL}/${first + endpoint}`, { method: "POST", body });
          await response.body?.cancel();
        }),
      ),
    );
  },
};

// Imported once per isolate: the floor has one secret.
function keyOf(secret: string): Promise<CryptoKey> {
  key ??= crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ]);
  return key;
}

// The runtime has it, the types of its language level do not yet.
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return (Uint8Array as unknown as { fromHex(text: string): Uint8Array<ArrayBuffer> }).fromHex(text);
}
