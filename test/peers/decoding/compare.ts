import type { Decode, Format, Outcome } from "./decoder.ts";

export type Heard = {
  outcome: Outcome;
  format: Format | null;
  channels: Float32Array[];
};

/** Decodes the bytes with the Worker's decoder and keeps all samples. */
export async function hear(decode: Decode, bytes: Uint8Array): Promise<Heard> {
  const blocks: Float32Array[][] = [];
  let format: Format | null = null;
  const outcome = await decode(inputOf(bytes), 3600, (planes, length, of) => {
    format = of;
    blocks.push(planes.map((plane) => plane.slice(0, length)));
  });
  const channels = (blocks[0] ?? []).map((_, channel) => joined(blocks.map((block) => block[channel]!)));
  return { outcome, format, channels };
}

function inputOf(bytes: Uint8Array) {
  const chunks = (async function* () {
    yield bytes;
  })();
  const file = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
  return { chunks, file };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** How far the difference is below the signal, in dB, over the samples that both have; Infinity where there is none. */
export function snr(reference: readonly Float32Array[], found: readonly Float32Array[]): number {
  let signal = 0;
  let noise = 0;
  for (const [channel, samples] of reference.entries()) {
    const other = found[channel]!;
    for (let at = 0; at < Math.min(samples.length, other.length); at += 1) {
      const wanted = Math.max(-1, Math.min(1, samples[at]!));
      signal += wanted * wanted;
      noise += (wanted - other[at]!) ** 2;
    }
  }
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}
