import { describe, expect, it } from "vitest";
import { createTimeline } from "../../../src/analysis/decode/ffmpeg/timeline";

const RATE = 1000;
const place = (options: { fromZero?: boolean; statedSeconds?: number | null }, blocks: [number, number][]) => {
  const timeline = createTimeline(RATE, { fromZero: false, statedSeconds: null, ...options });
  const placed = blocks.map(([position, length]) => timeline.place(position, length));
  return {
    silence: placed.map(({ silence }) => silence),
    drop: placed.map(({ drop }) => drop),
    jumps: timeline.jumps(),
  };
};

describe("the place of blocks in a recording", () => {
  it("is one after the other where the clock says so, or nothing", () => {
    const inARow: [number, number][] = [
      [5000, 100],
      [5100, 100],
      [Number.NaN, 100],
      [5301, 100],
    ];
    expect(place({}, inARow)).toEqual({ silence: [0, 0, 0, 0], drop: [0, 0, 0, 0], jumps: 0 });
  });

  it("keeps a pause, but not what a clock rounds", () => {
    const paused: [number, number][] = [
      [0, 100],
      [140, 100],
      [2200, 100],
    ];
    // 40 ms is rounding; the pause then is from 200, where the sound is, to 2200.
    expect(place({}, paused).silence).toEqual([0, 0, 2000]);
  });

  it("begins with silence where the clock's zero is the recording's start", () => {
    expect(place({ fromZero: true }, [[2000, 100]]).silence).toEqual([2000]);
    expect(place({ fromZero: false }, [[2000, 100]]).silence).toEqual([0]);
  });

  it("leaves out what is before the start", () => {
    const primed: [number, number][] = [
      [-150, 100],
      [-50, 100],
      [50, 100],
    ];
    expect(place({ fromZero: true }, primed)).toEqual({ silence: [0, 0, 0], drop: [100, 50, 0], jumps: 0 });
  });

  it("goes on where a second recording starts its clock again", () => {
    const chained: [number, number][] = [
      [0, 1000],
      [0, 1000],
      [1000, 1000],
    ];
    expect(place({}, chained)).toEqual({ silence: [0, 0, 0], drop: [0, 0, 0], jumps: 0 });
  });

  it("takes no pause from a clock that is broken", () => {
    const beyondTheEnd: [number, number][] = [
      [0, 100],
      [9_000, 100],
      [9_100, 100],
    ];
    expect(place({ statedSeconds: 3 }, beyondTheEnd)).toEqual({ silence: [0, 0, 0], drop: [0, 0, 0], jumps: 1 });
    const tooLong: [number, number][] = [
      [0, 100],
      [4_000_000, 100],
    ];
    expect(place({}, tooLong)).toMatchObject({ silence: [0, 0], jumps: 1 });
  });
});
