import type { AccessDeps } from "../../../src/platforms/contract";

export type Asked = { method: string; url: string; authorization: string | null; body: string };

/** A platform's servers in memory: `answer` acts as all of them, and `asked` tells what each was sent. */
export function peer(answer: (asked: Asked) => Response | Promise<Response>, now = 1_700_000_000_000) {
  const asked: Asked[] = [];
  const clock = { now };
  const fake: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const one = {
      method: request.method,
      url: request.url,
      authorization: request.headers.get("authorization"),
      body: await request.text(),
    };
    asked.push(one);
    return answer(one);
  };
  const means: AccessDeps = {
    fetch: fake,
    now: () => clock.now,
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
  };
  return { asked, means, clock };
}

/** The smallest thing that is taken for audio: a WAV header and some samples. */
export function audio(): Response {
  const bytes = new Uint8Array(1_044);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 1_000, true);
  return new Response(bytes, { headers: { "content-type": "audio/wav", "content-length": String(bytes.length) } });
}

export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}
