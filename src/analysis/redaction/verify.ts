import { toHex } from "../../lib/hmac";
import { turnsEach } from "../../lib/turns";
import type { Span } from "./muted";
import { WAV_HEADER, wavHeader, type WavShape } from "./wav-file";

const TURN_BYTES = 1024 * 1024;

/**
 * Reads a rendition back from R2 and gives its digest, or why it is not what it ought to be: of another length, with another
 * head, or with a sound where it is to be silent.
 */
export async function verifyRendition(
  bucket: R2Bucket,
  key: string,
  shape: WavShape,
  muted: readonly Span[],
): Promise<{ sha256: string; size: number } | string> {
  const object = await bucket.get(key);
  if (!object) return "it is not in storage";
  const width = shape.channels * 2;
  const size = WAV_HEADER + shape.frames * width;
  if (object.size !== size) return `it has ${object.size} bytes in place of ${size}`;
  const places = muted.map(([start, end]) => {
    const [from, to] = [Math.floor((start * shape.sampleRate) / 1000), Math.ceil((end * shape.sampleRate) / 1000)];
    return [WAV_HEADER + from * width, WAV_HEADER + Math.min(to, shape.frames) * width] as const;
  });
  const head = wavHeader(shape);
  const digest = new crypto.DigestStream("SHA-256");
  const hasher = digest.getWriter();
  const turn = turnsEach(TURN_BYTES);
  let at = 0;
  for await (const bytes of object.body as ReadableStream<Uint8Array>) {
    const isHead = head.subarray(at, at + bytes.length).every((byte, index) => byte === bytes[index]);
    const isSilent = places.every(([from, to]) =>
      bytes.subarray(Math.max(0, from - at), Math.max(0, to - at)).every((byte) => byte === 0),
    );
    if (!isHead || !isSilent) return isHead ? "it has sound where it is to be silent" : "its head is wrong";
    await hasher.write(bytes);
    at += bytes.length;
    await turn(bytes.length);
  }
  await hasher.close();
  return { sha256: toHex(new Uint8Array(await digest.digest)), size };
}
