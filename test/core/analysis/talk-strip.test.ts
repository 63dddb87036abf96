import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MOST_COLUMNS,
  packTalkStrip,
  talkStripOf,
  unpackTalkStrip,
  WHOLE,
  type ChannelFindings,
} from "../../../src/analysis";

function channelWith(channel: number, segments: [number, number][]): ChannelFindings {
  const talkSeconds = segments.reduce((sum, [start, end]) => sum + end - start, 0) / 1000;
  return { channel, state: "live", talkSeconds, segments, speechLevelDb: -20, noiseLevelDb: -60 };
}

const segmentsWithin = (length: number) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: length }), { maxLength: 60 })
    .map((moments) => moments.toSorted((one, other) => one - other))
    .map((moments) =>
      Array.from({ length: moments.length >> 1 }, (_, at): [number, number] => [
        moments[2 * at]!,
        moments[2 * at + 1]!,
      ]),
    );

const recordings = fc
  .integer({ min: 1, max: 4 * 3_600_000 })
  .chain((length) =>
    fc.record({
      length: fc.constant(length),
      voices: fc.array(segmentsWithin(length), { minLength: 1, maxLength: 4 }),
    }),
  )
  .map(({ length, voices }) => ({
    durationSeconds: length / 1000,
    channels: voices.map((one, at) => channelWith(at, one)),
  }));

describe("a talk strip", () => {
  it("has one column for a tenth of a second, and 132 for what is longer", () => {
    const columnsOf = (durationSeconds: number) => {
      const strip = talkStripOf({ durationSeconds, channels: [channelWith(0, [])] }, 0);
      return strip?.parties === "together" ? strip.anyone.length : undefined;
    };
    expect([0.02, 0.1, 1, 13.1, 13.2, 60, 14_400].map(columnsOf)).toEqual([1, 1, 10, 131, 132, 132, 132]);
    expect(columnsOf(0)).toBeUndefined();
  });

  it("shows each party in its own place, and silence as nothing", () => {
    const channels = [channelWith(0, [[0, 500]]), channelWith(1, [[250, 750]])];
    expect(talkStripOf({ durationSeconds: 1, channels }, 0)).toEqual({
      parties: "apart",
      operator: [15, 15, 15, 15, 15, 0, 0, 0, 0, 0],
      customer: [0, 0, 7, 15, 15, 15, 15, 7, 0, 0],
    });
  });

  it("takes the operator from the channel that the source names", () => {
    const channels = [channelWith(0, [[0, 100]]), channelWith(1, [[100, 200]])];
    const heard = { durationSeconds: 0.2, channels };
    expect(talkStripOf(heard, 0)).toMatchObject({ operator: [15, 0], customer: [0, 15] });
    expect(talkStripOf(heard, 1)).toMatchObject({ operator: [0, 15], customer: [15, 0] });
  });

  it("shows the least speech, and counts voices over one another once", () => {
    const channels = [channelWith(0, []), channelWith(1, [[0, 1]]), channelWith(2, [[0, 1]])];
    expect(talkStripOf({ durationSeconds: 0.1, channels }, 0)).toMatchObject({ operator: [0], customer: [1] });
  });

  it("keeps the proportions of any recording, in at most 200 bytes", () => {
    fc.assert(
      fc.property(recordings, fc.integer({ min: 0, max: 3 }), (heard, operatorChannel) => {
        const strip = talkStripOf(heard, operatorChannel)!;
        const packed = packTalkStrip(strip);
        expect(packed.length).toBeLessThanOrEqual(200);
        expect(unpackTalkStrip(packed)).toEqual(strip);
        const rows = strip.parties === "apart" ? [strip.operator, strip.customer] : [strip.anyone];
        for (const row of rows) {
          expect(row.length).toBeLessThanOrEqual(MOST_COLUMNS);
          expect(row.every((share) => Number.isInteger(share) && share >= 0 && share <= WHOLE)).toBe(true);
        }
        // Rounding moves each column by less than a fifteenth.
        const operator = heard.channels.find(({ channel }) => channel === operatorChannel);
        const [first = []] = rows;
        const spoken = strip.parties === "apart" ? (operator?.talkSeconds ?? 0) : heard.channels[0]!.talkSeconds;
        const shown = first.reduce((sum, share) => sum + share, 0) / WHOLE / first.length;
        expect(Math.abs(shown - spoken / heard.durationSeconds)).toBeLessThanOrEqual(1 / WHOLE + 1e-6);
        expect(shown === 0).toBe(spoken === 0);
      }),
    );
  });

  it("is none where the row holds no strip", () => {
    for (const stored of [null, "", "a", "x===", "zAAAA", "aAAA"]) expect(unpackTalkStrip(stored)).toBeNull();
  });
});
