import { describe, expect, it } from "vitest";
import { packagedWasm } from "../../../scripts/packaged-wasm";
import { createMpegFramer } from "../../../src/analysis/decode/mpeg-framer";
import committedWasm from "../../../src/analysis/decode/mpg123.wasm?url&inline";
import monoUrl from "../../fixtures/audio/one-voice-mono.mp3?inline";
import stereoUrl from "../../fixtures/audio/two-party-call.mp3?inline";
import { bytesOf, decodeAll, randomFrom } from "./recordings";

const mono = bytesOf(monoUrl);
const stereo = bytesOf(stereoUrl).subarray(0, 40_000);

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function id3(bodyBytes: number): Uint8Array {
  const tag = new Uint8Array(10 + bodyBytes).fill(0xff, 10); // a body full of sync words
  tag.set([0x49, 0x44, 0x33, 4, 0, 0, 0, (bodyBytes >> 14) & 127, (bodyBytes >> 7) & 127, bodyBytes & 127]);
  return tag;
}

describe("the MP3 decoder", () => {
  it("is the module of the locked package, byte for byte", async () => {
    expect(bytesOf(committedWasm)).toEqual(await packagedWasm());
  });

  it("gives one channel for a mono file, of the length that went in", async () => {
    const { result, channels } = await decodeAll(mono);
    expect(result).toEqual({
      ok: true,
      value: {
        format: { container: "mp3", codec: "mp3", sampleRate: 8000, channels: 1 },
        durationSeconds: 5,
        warnings: [],
      },
    });
    expect(channels.map((samples) => samples.length)).toEqual([40_000]);
  });

  it("gives two different channels for a stereo file", async () => {
    const { result, channels } = await decodeAll(stereo);
    expect(result).toMatchObject({ ok: true, value: { format: { channels: 2 } } });
    expect(channels).toHaveLength(2);
    expect(channels[0]).not.toEqual(channels[1]);
  });

  it.each([1, 13, 417, 5000])("gives the same samples from pieces of %i bytes", async (size) => {
    const damaged = joined(id3(300), mono.subarray(0, 4000), new Uint8Array(700).fill(0xff), mono.subarray(4300));
    expect(await decodeAll(damaged, size)).toEqual(await decodeAll(damaged));
  });

  it("passes over tags, however long, at the start, in the middle and at the end", async () => {
    const v1 = new Uint8Array(128).fill(0x20);
    v1.set([0x54, 0x41, 0x47]);
    const plain = await decodeAll(mono);
    const tagged = await decodeAll(joined(id3(90_000), id3(5), mono, v1), 1000);
    expect(tagged).toEqual(plain);
  });

  it("finds its way back after garbage between frames, and says so", async () => {
    const random = randomFrom(3);
    const garbage = Uint8Array.from({ length: 9000 }, () => Math.floor(128 + 128 * random()));
    const { result, channels } = await decodeAll(joined(mono.subarray(0, 6000), garbage, mono.subarray(6000)));
    expect(result).toMatchObject({ ok: true, value: { warnings: ["damaged"] } });
    expect(channels[0]!.length / 8000).toBeGreaterThan(4.5);
    expect(channels[0]!.length / 8000).toBeLessThan(5.1);
  });

  it("reads recordings that were joined end to end", async () => {
    const { result } = await decodeAll(joined(mono, mono, mono));
    expect(result.ok && result.value.durationSeconds).toBeGreaterThan(14.5);
    expect(result.ok && result.value.durationSeconds).toBeLessThan(15.8);
  });

  it("takes a file cut in the middle of a frame", async () => {
    const { result } = await decodeAll(mono.subarray(0, 7_777));
    expect(result).toMatchObject({ ok: true, value: { warnings: [] } });
  });

  it("believes the media type where a file starts in the middle of a frame, and then wants frames", async () => {
    const headless = mono.subarray(1500);
    expect((await decodeAll(headless)).result).toMatchObject({ ok: false, error: { kind: "unsupported_format" } });
    expect((await decodeAll(headless, 999, 60, "audio/mpeg")).result.ok).toBe(true);
    const noise = new Uint8Array(5000).fill(0x55);
    expect((await decodeAll(noise, 999, 60, "audio/mpeg")).result).toMatchObject({
      ok: false,
      error: { kind: "corrupt" },
    });
  });

  it("stops at the limit", async () => {
    expect((await decodeAll(mono, 500, 2)).result).toEqual({ ok: false, error: { kind: "too_long", limitSeconds: 2 } });
  });

  it("cuts nothing but whole frames, whatever the bytes", () => {
    const random = randomFrom(11);
    for (let round = 0; round < 300; round++) {
      const bytes = mono.slice(0, 3000);
      for (let i = 0; i < 40; i++) bytes[Math.floor(1500 + 1500 * random())] = Math.floor(128 + 128 * random());
      const framer = createMpegFramer();
      let taken = 0;
      const sink = (frames: Uint8Array) => {
        expect(frames[0]).toBe(0xff);
        taken += frames.length;
      };
      framer.push(bytes, sink);
      framer.end(sink);
      expect(taken + framer.skippedBytes()).toBeLessThanOrEqual(bytes.length);
    }
  });
});
