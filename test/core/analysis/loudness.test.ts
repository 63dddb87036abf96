import { describe, expect, it } from "vitest";
import { createLoudnessMeter } from "../../../src/analysis/acoustic/loudness";
import { randomFrom } from "./recordings";

const RATE = 48_000;

/** A sine of 1 kHz whose level is given piece by piece, as [peak dB re full scale, seconds]. */
function sine(pieces: readonly (readonly [number, number])[], rate = RATE, hz = 1000): Float32Array {
  const lengths = pieces.map(([, seconds]) => Math.round(seconds * rate));
  const all = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [index, [db]] of pieces.entries()) {
    const peak = 10 ** (db / 20);
    for (const end = at + lengths[index]!; at < end; at++) all[at] = peak * Math.sin((2 * Math.PI * hz * at) / rate);
  }
  return all;
}

function loudnessOf(channels: readonly Float32Array[], rate = RATE, size = 4096) {
  const meter = createLoudnessMeter(rate, channels.length);
  const length = channels[0]!.length;
  for (let at = 0; at < length; at += size) {
    const count = Math.min(size, length - at);
    meter.push(
      channels.map((samples) => samples.subarray(at, at + count)),
      count,
    );
  }
  return meter.finish();
}

const whole = (samples: Float32Array, rate = RATE) => loudnessOf([samples, samples], rate).whole;

describe("loudness", () => {
  // EBU Tech 3341, table 1: stereo sine waves of 1 kHz, in phase, in both channels; tolerance 0.1 LU.
  it.each([
    [1, [[-23, 20]], -23],
    [2, [[-33, 20]], -33],
    [
      3,
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
      -23,
    ],
    [
      4,
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
      -23,
    ],
    [
      5,
      [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
      -23,
    ],
  ] as [number, [number, number][], number][])("is right in case %i of EBU Tech 3341", (_, pieces, expected) => {
    expect(Math.abs(whole(sine(pieces))! - expected)).toBeLessThan(0.1);
  });

  it.each([8000, 11_025, 16_000, 22_050, 44_100, 96_000])("is the same at %i Hz", (rate) => {
    expect(Math.abs(whole(sine([[-23, 5]], rate), rate)! + 23)).toBeLessThan(0.15);
  });

  it("is 3 dB lower for one channel of two, and each channel is measured by itself", () => {
    const loud = sine([[-20, 5]]);
    const found = loudnessOf([loud, sine([[-40, 5]])]);
    expect(found.channels[0]).toBeCloseTo(-23, 1);
    expect(found.channels[1]).toBeCloseTo(-43, 1);
    expect(found.whole).toBeCloseTo(-22.96, 1);
  });

  it("leaves silence out, wherever it is", () => {
    // Blocks at the borders are partly silence and still above the gate, so that long words are needed.
    const words = sine([[-23, 30]]);
    const padded = new Float32Array(words.length + 4 * RATE);
    padded.set(words, 2 * RATE);
    expect(Math.abs(whole(padded)! - whole(words)!)).toBeLessThan(0.05);
  });

  it("is none for silence, for what is shorter than a block, and for nothing at all", () => {
    expect(loudnessOf([new Float32Array(RATE)])).toEqual({ channels: [null], whole: null });
    expect(whole(sine([[-23, 0.3]]))).toBeNull();
    expect(createLoudnessMeter(8000, 1).finish()).toEqual({ channels: [null], whole: null });
  });

  it("does not depend on the pieces it comes in", () => {
    const random = randomFrom(3);
    const noise = Float32Array.from({ length: 40_000 }, () => 0.2 * random());
    const expected = loudnessOf([noise], 8000, noise.length);
    for (const size of [1, 7, 799, 800, 801, 12_345]) expect(loudnessOf([noise], 8000, size)).toEqual(expected);
  });
});
