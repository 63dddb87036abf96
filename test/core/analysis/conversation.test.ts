import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversationOf, type Span } from "../../../src/analysis/acoustic/conversation";
import { holdsOf, longSilencesOf } from "../../../src/analysis/acoustic/silences";

const s = (...times: [number, number][]): Span[] => times.map(([start, end]) => [start * 1000, end * 1000]);

describe("turns", () => {
  it("are counted, with the longest monologue and the time to respond", () => {
    const { parties, interruptions, switches } = conversationOf([
      s([0, 5], [5.4, 8], [12, 14]),
      s([8.6, 11.5], [14.9, 17]),
    ]);
    expect(parties[0]).toMatchObject({
      turns: 2,
      longestMonologueMs: 8000,
      longestMonologueAtMs: 0,
      latenciesMs: [500],
    });
    expect(parties[1]).toMatchObject({ turns: 2, longestMonologueMs: 2900, latenciesMs: [600, 900] });
    expect(interruptions).toEqual([]);
    expect(switches).toBe(3);
  });

  it.each([
    ["beside the words", [[0, 9]], [4, 4.6]],
    [
      "in a short pause",
      [
        [0, 4],
        [4.7, 9],
      ],
      [4.1, 4.6],
    ],
  ] as [string, [number, number][], [number, number]][])("are not ended by a backchannel %s", (_, speech, word) => {
    const { parties, switches } = conversationOf([s(...speech), s(word)]);
    expect(parties[0]).toMatchObject({ turns: 1, longestMonologueMs: 9000 });
    expect(parties[1]).toMatchObject({ turns: 0, backchannels: 1, latenciesMs: [] });
    expect(switches).toBe(0);
  });

  it("are ended by a short answer that the other waits for", () => {
    const { parties } = conversationOf([s([0, 4], [6, 9]), s([4.5, 5])]);
    expect(parties[1]).toMatchObject({ turns: 1, backchannels: 0, latenciesMs: [500] });
    expect(parties[0]).toMatchObject({ turns: 2, longestMonologueMs: 4000, latenciesMs: [1000] });
  });

  it("go on through silence, which ends the monologue", () => {
    const [first] = conversationOf([s([0, 4], [9, 12]), s([13, 15])]).parties;
    expect(first).toMatchObject({ turns: 1, longestMonologueMs: 4000 });
  });

  it("do not begin within another's words that go on", () => {
    const { parties, interruptions } = conversationOf([s([0, 10]), s([4, 6])]);
    expect(parties[1]).toMatchObject({ turns: 0, backchannels: 0 });
    expect(interruptions).toEqual([]);
  });
});

describe("an interruption", () => {
  it("is to begin while another speaks, to speak along and to go on", () => {
    const { interruptions, parties } = conversationOf([s([0, 5]), s([4.2, 8])]);
    expect(interruptions).toEqual([{ by: 1, of: 0, atMs: 4200, overlapMs: 800 }]);
    expect(parties[1]).toMatchObject({ turns: 1, latenciesMs: [] });
  });

  it.each([
    ["begins as the other ends", [[0, 5]], [[4.8, 8]]],
    ["is as short as a backchannel", [[0, 5]], [[4.5, 5.3]]],
    ["gives way", [[0, 9]], [[4.5, 6.5]]],
    ["began with the other", [[0, 5]], [[0.1, 8]]],
  ] as [string, [number, number][], [number, number][]][])("is not what %s", (_, one, other) => {
    expect(conversationOf([s(...one), s(...other)]).interruptions).toEqual([]);
  });
});

describe("silence", () => {
  it("is long from 4 s on, between the first word and the last, holds apart", () => {
    const speech = [s([10, 12], [30, 32]), s([12.5, 14], [36, 40])];
    expect(longSilencesOf(speech, [])).toEqual(s([14, 30], [32, 36]));
    expect(longSilencesOf(speech, s([15, 29]))).toEqual(s([32, 36]));
    expect(longSilencesOf([[], []], [])).toEqual([]);
  });

  it("with music in it is a hold, the pauses between rings inside", () => {
    expect(holdsOf([s([5, 8]), []])).toEqual([]);
    expect(holdsOf([s([5, 7], [11, 13], [17, 19]), s([18, 30])])).toEqual(s([5, 30]));
  });
});

const speech = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 10, max: 9000 })), { maxLength: 30 })
  .map((pieces) => {
    let at = 0;
    return pieces.map(([gap, length]): Span => {
      const start = at + gap * 10;
      at = start + length;
      return [start, at];
    });
  });

describe("any conversation", () => {
  it("is the same after silence, only later", () => {
    fc.assert(
      fc.property(speech, speech, fc.integer({ min: 1, max: 60_000 }), (one, other, later) => {
        const moved = [one, other].map((spans) => spans.map(([start, end]): Span => [start + later, end + later]));
        const [before, after] = [conversationOf([one, other]), conversationOf(moved)];
        expect(after.switches).toBe(before.switches);
        expect(after.parties.map((party) => ({ ...party, longestMonologueAtMs: null }))).toEqual(
          before.parties.map((party) => ({ ...party, longestMonologueAtMs: null })),
        );
        expect(after.interruptions).toEqual(
          before.interruptions.map((found) => ({ ...found, atMs: found.atMs + later })),
        );
      }),
    );
  });

  it("is the same with the parties exchanged, seen from the other side", () => {
    fc.assert(
      fc.property(speech, speech, (one, other) => {
        const starts = new Set(one.map(([start]) => start));
        fc.pre(!other.some(([start]) => starts.has(start)));
        const [straight, crossed] = [conversationOf([one, other]), conversationOf([other, one])];
        expect(crossed.parties).toEqual(straight.parties.toReversed());
        expect(crossed.switches).toBe(straight.switches);
        expect(crossed.interruptions).toHaveLength(straight.interruptions.length);
      }),
    );
  });

  it("has no monologue longer than itself, and as many responses as changes at most", () => {
    fc.assert(
      fc.property(speech, speech, (one, other) => {
        const { parties, switches } = conversationOf([one, other]);
        const length = Math.max(0, ...[...one, ...other].map(([, end]) => end));
        for (const party of parties) expect(party.longestMonologueMs).toBeLessThanOrEqual(length);
        expect(parties.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0)).toBeLessThanOrEqual(switches);
      }),
    );
  });
});
