import { describe, expect, it } from "vitest";
import { decodeAll, randomFrom } from "./recordings";
import { wavFile, type Encoding } from "./wav-files";

const random = randomFrom(7);
const left = Float32Array.from({ length: 997 }, (_, i) => 0.7 * Math.sin(i / 9) + 0.2 * random());
const right = Float32Array.from({ length: 997 }, () => 0.5 * random());
const eight = Array.from({ length: 8 }, (_, c) =>
  Float32Array.from({ length: 61 }, (_unused, i) => (c + 1) / 10 - i / 200),
);

// The largest error of an encoding at full scale: half a step, or for G.711 half a step of its last segment.
const PRECISION: Record<Encoding, number> = {
  pcm8: 1 / 200,
  pcm16: 1 / 40_000,
  pcm24: 1 / 5_000_000,
  pcm32: 1e-6,
  float32: 0,
  float64: 0,
  mulaw: 1 / 50,
  alaw: 1 / 50,
};

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe("the WAV decoder", () => {
  for (const encoding of Object.keys(PRECISION) as Encoding[]) {
    for (const extensible of [false, true]) {
      it(`reads ${encoding}${extensible ? " in an extensible header" : ""}`, async () => {
        const { result, channels } = await decodeAll(wavFile([left, right], { encoding, extensible, rate: 16_000 }));
        expect(result).toMatchObject({ ok: true, value: { warnings: [], durationSeconds: 997 / 16_000 } });
        expect(result.ok && result.value.format).toMatchObject({ container: "wav", sampleRate: 16_000, channels: 2 });
        expect(channels.map((samples) => samples.length)).toEqual([997, 997]);
        expect(furthest(channels[0]!, left)).toBeLessThanOrEqual(PRECISION[encoding]);
        expect(furthest(channels[1]!, right)).toBeLessThanOrEqual(PRECISION[encoding]);
      });
    }
  }

  it("knows G.711's corners", async () => {
    const file = wavFile([new Float32Array(4)], { encoding: "mulaw" });
    file.set([0x00, 0x80, 0xff, 0x7f], file.length - 4);
    const mulaw = await decodeAll(file);
    expect([...mulaw.channels[0]!].map((value) => value * 32768)).toEqual([-32124, 32124, 0, -0]);
    const other = wavFile([new Float32Array(4)], { encoding: "alaw" });
    other.set([0xaa, 0x2a, 0xd5, 0x55], other.length - 4);
    const alaw = await decodeAll(other);
    expect([...alaw.channels[0]!].map((value) => value * 32768)).toEqual([32256, -32256, 8, -8]);
  });

  it("reads eight channels", async () => {
    const { channels } = await decodeAll(wavFile(eight, { encoding: "pcm24" }), 7);
    expect(channels).toHaveLength(8);
    for (const [c, samples] of channels.entries()) expect(furthest(samples, eight[c]!)).toBeLessThan(1e-6);
  });

  it("passes over other chunks, odd ones with their padding, before and after the samples", async () => {
    const odd = new Uint8Array(13).fill(0x41);
    const file = wavFile([left], {
      before: [
        ["LIST", odd],
        ["fact", new Uint8Array(4)],
        ["bext", new Uint8Array(602)],
      ],
      after: [["LIST", odd]],
    });
    const { result, channels } = await decodeAll(file, 3);
    expect(result).toMatchObject({ ok: true, value: { warnings: [] } });
    expect(channels[0]).toHaveLength(left.length);
  });

  it("reads RF64", async () => {
    const { result, channels } = await decodeAll(
      wavFile([left, right], { rf64: true, after: [["LIST", new Uint8Array(40)]] }),
    );
    expect(result).toMatchObject({ ok: true, value: { warnings: [] } });
    expect(channels[0]).toHaveLength(left.length);
  });

  it.each([0, 0xffff_ffff, 0x7fff_f000])(
    "reads to the end where a recorder left %i as the length",
    async (dataSize) => {
      const { result, channels } = await decodeAll(wavFile([left], { dataSize }));
      expect(result).toMatchObject({ ok: true, value: { warnings: [] } });
      expect(channels[0]).toHaveLength(left.length);
    },
  );

  it("gives what a cut file still has, and says so", async () => {
    const whole = wavFile([left, right], { encoding: "pcm24" });
    const { result, channels } = await decodeAll(whole.subarray(0, whole.length - 601));
    expect(result).toMatchObject({ ok: true, value: { warnings: ["truncated"] } });
    expect(channels[1]).toHaveLength(left.length - 101);
  });

  it("takes NaN and infinity for silence and full scale", async () => {
    const { channels } = await decodeAll(
      wavFile([Float32Array.of(NaN, Infinity, -1e30, 0.5)], { encoding: "float32" }),
    );
    expect([...channels[0]!]).toEqual([0, 1, -1, 0.5]);
  });

  it.each([1, 2, 3, 5, 17, 1000])("gives the same samples from pieces of %i bytes", async (size) => {
    const file = wavFile([left, right], { encoding: "pcm24", before: [["LIST", new Uint8Array(7)]] });
    const whole = await decodeAll(file);
    const pieces = await decodeAll(file, size);
    expect(pieces).toEqual(whole);
  });

  it("names what it cannot read", async () => {
    const file = wavFile([left]);
    const view = new DataView(file.buffer);
    const failure = async () => (await decodeAll(file)).result;
    view.setUint16(20, 49, true);
    expect(await failure()).toEqual({
      ok: false,
      error: { kind: "corrupt", detail: "WAV: its header cannot be read" },
    });
    view.setUint16(20, 0x0270, true);
    expect(await failure()).toEqual({
      ok: false,
      error: { kind: "unsupported_format", detail: "WAV with atrac3" },
    });
    view.setUint16(20, 0x7777, true);
    expect(await failure()).toEqual({
      ok: false,
      error: { kind: "unsupported_format", detail: "WAV with an unknown codec" },
    });
    view.setUint16(20, 1, true);
    view.setUint16(22, 9, true);
    expect(await failure()).toEqual({
      ok: false,
      error: { kind: "unsupported_format", detail: "WAV with 9 channels" },
    });
    view.setUint16(22, 1, true);
    view.setUint32(24, 3_999, true);
    expect(await failure()).toEqual({ ok: false, error: { kind: "unsupported_format", detail: "WAV at 3999 Hz" } });
  });

  it("refuses samples before a format, headers without samples, and recordings beyond the limit", async () => {
    const file = wavFile([left]);
    const headless = new Uint8Array([...file.subarray(0, 12), ...file.subarray(36)]);
    expect((await decodeAll(headless)).result).toMatchObject({ ok: false, error: { kind: "corrupt" } });
    expect((await decodeAll(file.subarray(0, 30))).result).toMatchObject({ ok: false, error: { kind: "corrupt" } });
    expect((await decodeAll(file.subarray(0, 44))).result).toMatchObject({ ok: false, error: { kind: "empty" } });
    const long = wavFile([new Float32Array(8001 * 2)]);
    expect((await decodeAll(long, 100, 2)).result).toEqual({ ok: false, error: { kind: "too_long", limitSeconds: 2 } });
  });
});
