// How the floors take a signed request in: the body is read, one HMAC verified, one message sent.

export type Message = { first: number; endpoints: number; body: string };

export type TakeEnv = {
  QUEUE: { send(message: Message, options: { contentType: "v8" }): Promise<unknown> };
  SECRET: string;
};

let key: Promise<CryptoKey> | undefined;

export async function take(request: Request, env: TakeEnv): Promise<Response> {
  const body = await request.text();
  const signed = new TextEncoder().encode(`${request.headers.get("x-audian-timestamp")}.${body}`);
  const signature = fromHex(request.headers.get("x-audian-signature") ?? "");
  if (!(await crypto.subtle.verify("HMAC", await keyOf(env.SECRET), signature, signed)))
    return new Response(null, { status: 401 });
  const first = Number(request.headers.get("x-first"));
  const endpoints = Number(request.headers.get("x-endpoints"));
  await env.QUEUE.send({ first, endpoints, body }, { contentType: "v8" });
  return new Response("{}");
}

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
