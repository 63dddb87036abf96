import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPeakMaker, readWaveformFile, waveformFileOf, waveformJsonOf, type Peaks } from "../../../src/analysis";
import { embeddedEngine } from "../../../src/analysis/embedded";
import { makeWaveform } from "../../../src/analysis/waveform/make";
import stereoUrl from "../../fixtures/audio/two-party-call.mp3?inline";
import { bytesOf, decodeAll, inMemory, inPieces, randomFrom } from "./recordings";
import { wavFile } from "./wav-files";

/** The `.dat` file that audiowaveform's documented algorithm makes of 16-bit samples, written from its description. */
function datOf(channels: readonly Int16Array[], rate: number): Uint8Array {
  const perPixel = Math.floor(rate / 20);
  const length = Math.ceil(channels[0]!.length / perPixel);
  const bytes: number[] = [];
  for (const value of [2, 1, rate, perPixel, length, channels.length])
    bytes.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255);
  for (let pixel = 0; pixel < length; pixel += 1)
    for (const samples of channels) {
      const part = samples.subarray(pixel * perPixel, (pixel + 1) * perPixel);
      for (const value of [Math.min(...part), Math.max(...part)]) bytes.push(Math.trunc(value / 256) & 255);
    }
  return Uint8Array.from(bytes);
}

function asInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))));
}

async function waveformOf(bytes: Uint8Array, size = 65_536): Promise<Peaks> {
  const made = await makeWaveform({ chunks: inPieces(bytes, size), file: inMemory(bytes) });
  if (!made.ok || made.value === null) throw new Error("no waveform");
  return made.value;
}

describe("a waveform", () => {
  it("is audiowaveform's version 2 of what the decoder gives, to the byte", async () => {
    const bytes = bytesOf(stereoUrl);
    const { channels } = await decodeAll(bytes);
    const file = waveformFileOf(await waveformOf(bytes));
    expect(file).toEqual(datOf(channels.map(asInt16), 8_000));
    // It shows a conversation: both channels go up and down.
    const { data } = readWaveformFile(file.buffer)!;
    for (const channel of [0, 1]) {
      const highest = data.filter((_, at) => at % 4 === channel * 2 + 1);
      expect(Math.max(...highest)).toBeGreaterThan(20);
      expect(Math.min(...highest)).toBeLessThan(3);
    }
  });

  it.each([
    { rate: 8_000, channels: 1 },
    { rate: 11_025, channels: 2 },
    { rate: 44_100, channels: 3 },
  ])("is the same of any rate and number of channels: $rate Hz, $channels", async ({ rate, channels }) => {
    const random = randomFrom(rate);
    // Not whole pixels, and louder than full scale in places.
    const samples = Array.from({ length: channels }, () =>
      Float32Array.from({ length: rate + 123 }, () => Math.max(-1, Math.min(1, random() * 1.2))),
    );
    const bytes = wavFile(samples, { rate });
    const decoded = await decodeAll(bytes);
    expect(waveformFileOf(await waveformOf(bytes, 1_000))).toEqual(datOf(decoded.channels.map(asInt16), rate));
  });

  it("comes out of the pass in which the engine listens, without another", async () => {
    const bytes = bytesOf(stereoUrl);
    const maker = createPeakMaker();
    let reads = 0;
    const chunks = (async function* () {
      reads += 1;
      yield* inPieces(bytes, 10_000);
    })();
    const found = await embeddedEngine().analyse({ chunks, file: inMemory(bytes), alsoHear: maker.hear });
    expect(found.ok).toBe(true);
    expect(reads).toBe(1);
    expect(maker.finish()).toEqual(await waveformOf(bytes));
  });

  it("does not depend on how the samples are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 40 }), (lengths) => {
        const random = randomFrom(7);
        const all = Float32Array.from({ length: lengths.reduce((sum, one) => sum + one, 0) }, random);
        const format = { container: "wav", codec: "pcm", sampleRate: 8_000, channels: 1 };
        const [whole, parts] = [createPeakMaker(), createPeakMaker()];
        whole.hear([all], all.length, format);
        let at = 0;
        for (const length of lengths) {
          parts.hear([all.slice(at, at + length)], length, format);
          at += length;
        }
        expect(parts.finish()).toEqual(whole.finish());
      }),
    );
  });

  it("is the same as JSON", async () => {
    const peaks = await waveformOf(bytesOf(stereoUrl));
    expect(JSON.parse(waveformJsonOf(peaks))).toEqual({
      version: 2,
      channels: 2,
      sample_rate: 8_000,
      samples_per_pixel: 400,
      bits: 8,
      length: peaks.data.length / 4,
      data: [...peaks.data],
    });
  });

  it("is none of nothing, and a file that is cut or of another version is not read", async () => {
    expect(createPeakMaker().finish()).toBeNull();
    expect(
      await makeWaveform({ chunks: inPieces(new Uint8Array(500), 100), file: inMemory(new Uint8Array(500)) }),
    ).toMatchObject({ ok: false });
    const file = waveformFileOf(await waveformOf(bytesOf(stereoUrl)));
    expect(readWaveformFile(file.slice(0, -1).buffer)).toBeNull();
    expect(readWaveformFile(file.slice(0, 20).buffer)).toBeNull();
    expect(readWaveformFile(Uint8Array.from([1, ...file.subarray(1)]).buffer)).toBeNull();
  });
});
