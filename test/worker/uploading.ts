import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import worker from "../../src";
import type { Pipeline } from "./pipeline";

// oxlint-disable-next-line typescript/no-explicit-any -- an answer can be anything; tests say what they expect
export type Answer = { status: number; headers: Headers; body: any };

/** What a file can be made of. */
export type FileContent = string | Uint8Array<ArrayBuffer>;

export type Sending = { key?: string; headers?: Record<string, string>; body?: BodyInit | null };

/** One request through the Worker's own handler. */
export async function send(line: Pipeline, method: string, path: string, sending: Sending = {}): Promise<Answer> {
  const headers = new Headers(sending.headers);
  if (sending.key !== undefined) headers.set("x-api-key", sending.key);
  const ctx = createExecutionContext();
  // An address that was answered may be whole.
  const request = new Request(new URL(path, "https://trunkline.test"), { method, headers, body: sending.body ?? null });
  const response = await worker.fetch(request, line.env, ctx);
  const text = new TextDecoder().decode(await response.arrayBuffer());
  await waitOnExecutionContext(ctx);
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson && text !== "" ? JSON.parse(text) : text };
}

/** A form with these fields and files, as a browser sends it. */
export function formOf(fields: Record<string, string>, ...files: [name: string, content: FileContent][]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [name, content] of files) form.append("file", new File([content], name, { type: "audio/wav" }));
  return form;
}

/** A stream that gives the bytes in pieces, and then ends or breaks. */
export function piecesOf(bytes: Uint8Array, size: number, breaks = false): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
      else if (breaks) controller.error(new Error("connection lost"));
      else controller.close();
    },
  });
}

/** A WAV file of exactly `size` bytes whose samples are noise of this seed. */
export function noiseWav(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => bytes.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, size - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, size - 44, true);
  let state = seed;
  for (let at = 44; at < size; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[at] = state >>> 16;
  }
  return bytes;
}
