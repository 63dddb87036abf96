import { describe, expect, it } from "vitest";
import header from "../../../scripts/acoustic/voice-weights.h?raw";
import { oddsCode } from "../../../src/analysis/acoustic/scales";
import { FEATURES } from "../../../src/analysis/acoustic/voice-features";
import { createVoiceNet } from "../../../src/analysis/acoustic/voice-net";
import { randomFrom } from "./recordings";

const WIDTH = 32;
const OUTPUTS = 4;
const DILATIONS = [1, 2, 4, 8, 16, 32];

const weights = new Map(
  [...header.matchAll(/float (\w+)\[\] = \{([^}]*)\}/g)].map(([, name = "", numbers = ""]) => [
    name,
    numbers.split(",").map((number) => Number(number.trim().replace(/f$/, ""))),
  ]),
);
const weight = (name: string, at: number) => weights.get(name)![at]!;

function dense(input: readonly number[], outputs: number, name: string, from = 0, biasFrom = 0): number[] {
  return Array.from({ length: outputs }, (_, o) =>
    input.reduce((sum, x, i) => sum + x * weight(name, from + i * outputs + o), weight(`${name}_BIAS`, biasFrom + o)),
  );
}

const positive = (values: readonly number[]) => values.map((value) => Math.max(0, value));

/** What the trainer computes (test/bench/speech/training/train.py), over the whole recording at once. */
function plainly(steps: readonly (readonly number[])[]): number[][] {
  let now = steps.map((step) => positive(dense(step, WIDTH, "FIRST")));
  for (const [layer, dilation] of DILATIONS.entries()) {
    const before = now;
    now = before.map((step, at) => {
      const near = Array.from({ length: WIDTH }, (_, c) => {
        let sum = weight("TAPS_BIAS", layer * WIDTH + c);
        for (let tap = 0; tap < 5; tap++)
          sum += (before[at + (tap - 2) * dilation]?.[c] ?? 0) * weight("TAPS", (layer * 5 + tap) * WIDTH + c);
        return Math.max(0, sum);
      });
      const added = dense(near, WIDTH, "MIX", layer * WIDTH * WIDTH, layer * WIDTH);
      return step.map((value, c) => value + added[c]!);
    });
  }
  return now.map((step) => dense(positive(step), OUTPUTS, "LAST"));
}

describe("the voice net", () => {
  it.each([1, 3, 31, 32, 33, 200])("says of %i steps what its weights say, computed plainly", (count) => {
    const random = randomFrom(count);
    const steps = Array.from({ length: count }, () => Array.from({ length: FEATURES }, () => 2 * random()));
    const told: [voice: number, music: number][] = [];
    const net = createVoiceNet((voice, music) => void told.push([voice, music]));
    for (const step of steps) net.push(Float32Array.from(step));
    // The last frame of a recording may be the first of its step.
    net.finish(2 * count - 1);
    const expected = plainly(steps).flatMap(([first = 0, second = 0, tone = 0]) => [
      [oddsCode(first), oddsCode(tone)],
      [oddsCode(second), oddsCode(tone)],
    ]);
    expect(told).toHaveLength(2 * count - 1);
    for (const [frame, [voice, music]] of told.entries()) {
      expect(Math.abs(voice - expected[frame]![0]!)).toBeLessThanOrEqual(1);
      expect(Math.abs(music - expected[frame]![1]!)).toBeLessThanOrEqual(1);
    }
  });

  it("is one instance a channel: what one hears changes nothing for another", () => {
    const listen = (other: boolean) => {
      const told: number[] = [];
      const net = createVoiceNet((voice, music) => void told.push(voice, music));
      const neighbour = createVoiceNet(() => undefined);
      const random = randomFrom(7);
      for (let step = 0; step < 100; step++) {
        net.push(Float32Array.from({ length: FEATURES }, () => random()));
        if (other) neighbour.push(new Float32Array(FEATURES).fill(3));
      }
      net.finish(200);
      return told;
    };
    expect(listen(true)).toEqual(listen(false));
  });
});
