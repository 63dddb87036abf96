import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBitTrack, type BitTrack } from "../../../src/analysis/acoustic/bit-track";
import { createFloatTrack } from "../../../src/analysis/acoustic/float-track";
import { createNearVoiceTrack } from "../../../src/analysis/acoustic/near-voice-track";
import type { Heard, HeardChannel } from "../../../src/analysis/acoustic/listener";
import { PITCH_STEP_FRAMES } from "../../../src/analysis/acoustic/pitch";
import { dropShort, runs } from "../../../src/analysis/acoustic/runs";
import { oddsCode } from "../../../src/analysis/acoustic/scales";
import { detectSpeech } from "../../../src/analysis/acoustic/speech";
import { countSyllables } from "../../../src/analysis/acoustic/syllables";
import { TONALITY_STEP_FRAMES } from "../../../src/analysis/acoustic/tonality";
import { pitchDynamics } from "../../../src/analysis/acoustic/voice-dynamics";
import { BLOCK_FRAMES, createVoiceMarker } from "../../../src/analysis/acoustic/voice-marks";
import { randomFrom } from "./recordings";

function trackOf(bits: readonly boolean[]): BitTrack {
  const track = createBitTrack();
  for (const bit of bits) track.push(bit);
  return track;
}

const bitsOf = (track: BitTrack) => Array.from({ length: track.length() }, (_, frame) => track.at(frame));

/** Stretches of the same bit, as speech has them, of any length around a byte's. */
const bits = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })), { maxLength: 30 })
  .map((stretches) => stretches.flatMap(([bit, length]) => Array<boolean>(length).fill(bit)));
const place = fc.integer({ min: -20, max: 900 });

/** The runs of true, found one by one. */
function plainRuns(plain: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  for (const [frame, bit] of plain.entries()) {
    const last = found.at(-1);
    if (bit && last?.[1] === frame) last[1]++;
    else if (bit) found.push([frame, frame + 1]);
  }
  return found;
}

describe("a track of bits", () => {
  it("gives back what it was given, and false outside", () => {
    fc.assert(
      fc.property(bits, (plain) => {
        const track = trackOf(plain);
        expect(bitsOf(track)).toEqual(plain);
        expect([-9, -1, plain.length, plain.length + 8, 10_000_000].map(track.at)).not.toContain(true);
      }),
    );
  });

  it("is filled from anywhere to anywhere, as an array is, and gets no longer by it", () => {
    fc.assert(
      fc.property(bits, fc.array(fc.tuple(fc.boolean(), place, place), { maxLength: 9 }), (plain, fills) => {
        const [track, array] = [trackOf(plain), [...plain]];
        for (const [bit, from, to] of fills) {
          track.fill(bit, from, to);
          for (let frame = Math.max(0, from); frame < Math.min(to, array.length); frame++) array[frame] = bit;
        }
        expect(bitsOf(track)).toEqual(array);
        // What is added behind a fill that went beyond the end is not filled.
        track.push(false);
        expect(track.at(array.length)).toBe(false);
      }),
    );
  });

  it("finds the next bit of a kind", () => {
    fc.assert(
      fc.property(bits, fc.boolean(), fc.nat({ max: 900 }), (plain, bit, from) => {
        expect(trackOf(plain).next(bit, from)).toBe(plain.indexOf(bit, from));
      }),
    );
  });

  it("has the runs that an array has, and drops the short ones", () => {
    fc.assert(
      fc.property(bits, fc.nat({ max: 40 }), (plain, least) => {
        const track = trackOf(plain);
        const all = plainRuns(plain);
        expect([...runs(track)]).toEqual(all);
        dropShort(track, least);
        expect([...runs(track)]).toEqual(all.filter(([start, end]) => end - start >= least));
      }),
    );
  });

  it("holds hours", () => {
    const random = randomFrom(3);
    const plain = Array.from({ length: 300_000 }, () => random() > 0.9);
    const track = trackOf(plain);
    expect(bitsOf(track)).toEqual(plain);
    expect([...runs(track)]).toEqual(plainRuns(plain));
  });
});

describe("a track of numbers", () => {
  it("holds hours", () => {
    const track = createFloatTrack();
    const plain = Float32Array.from({ length: 40_000 }, (_, step) => step / 7);
    for (const value of plain) track.push(value);
    expect(track.values()).toEqual(plain);
  });
});

describe("a track of what is near a voice", () => {
  // Blocks of eight; some more steps are added before each decision, as the net comes behind what is measured.
  it.each([40, 41, 47, 48, 90_000])(
    "of %i steps has what was kept, 0 in place of the rest, and what is undecided",
    (length) => {
      const random = randomFrom(length);
      const track = createNearVoiceTrack(8);
      const expected: number[] = [];
      let decided = 0;
      for (let step = 0; step < length; step++) {
        const value = 1 + (step % 255);
        track.push(value);
        expected.push(value);
        if (step < 8 * decided + 21) continue;
        const keep = random() > 0;
        track.decide(keep);
        if (!keep) expected.fill(0, 8 * decided, 8 * decided + 8);
        decided++;
      }
      expect(Array.from({ length }, (_, step) => track.at(step))).toEqual(expected);
      expect([track.at(-1), track.at(length)]).toEqual([0, 0]);
      track.cut(length - 3);
      expect([track.length(), track.at(length - 3)]).toEqual([length - 3, 0]);
      // The last block may be a part of one, and be let go of.
      for (; 8 * decided < length - 3; decided++) {
        const keep = decided % 2 === 0;
        track.decide(keep);
        if (!keep) expected.fill(0, 8 * decided, 8 * decided + 8);
      }
      expect(Array.from({ length: length - 3 }, (_, step) => track.at(step))).toEqual(expected.slice(0, -3));
    },
  );
});

describe("the marks of a voice", () => {
  const [OPEN, CLOSE, SOFT, MUSIC] = [0.5, -1, -4, 1].map(oddsCode) as [number, number, number, number];
  /** Odds that cross the thresholds often: far below, on each side of each, and far above. */
  const code = fc.constantFrom(0, SOFT - 1, SOFT, CLOSE - 1, CLOSE, CLOSE, CLOSE, OPEN - 1, OPEN, 255);
  const odds = fc.array(fc.tuple(code, fc.constantFrom(0, CLOSE, MUSIC - 1, MUSIC, 255)), { maxLength: 400 });

  function heard(frames: readonly (readonly [number, number])[]) {
    const blocks: boolean[] = [];
    const marker = createVoiceMarker((isNear) => void blocks.push(isNear));
    for (const [voice, music] of frames) marker.hear(voice, music);
    marker.finish();
    return { ...marker.marks, blocks };
  }

  it("say how the odds compare, and where speech is likely and then not unlikely", () => {
    fc.assert(
      fc.property(odds, (frames) => {
        const { speech, soft, music, ratherMusic } = heard(frames);
        expect(bitsOf(soft)).toEqual(frames.map(([voice]) => voice >= SOFT));
        expect(bitsOf(music)).toEqual(frames.map(([, tone]) => tone >= MUSIC));
        expect(bitsOf(ratherMusic)).toEqual(frames.map(([voice, tone]) => voice < tone));
        const whole = plainRuns(frames.map(([voice]) => voice >= CLOSE));
        const likely = whole.filter(([start, end]) => frames.slice(start, end).some(([voice]) => voice >= OPEN));
        expect([...runs(speech)]).toEqual(likely);
      }),
    );
  });

  it("tell of each block, the last and shorter one too, whether anything within 32 frames of it could be speech", () => {
    // Mostly silence: voices here and there.
    const quiet = fc
      .tuple(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 40 })), { maxLength: 12 }),
        // A call ends in silence more often than not.
        fc.nat({ max: 200 }),
      )
      .map(([pieces, last]) => [...pieces, [last, 0] as const])
      .map((pieces) =>
        pieces.flatMap(([gap, run]) => [...Array<number>(gap).fill(0), ...Array<number>(run).fill(CLOSE)]),
      );
    fc.assert(
      fc.property(quiet, (voice) => {
        const { blocks } = heard(voice.map((one) => [one, 0] as const));
        const near = (from: number) =>
          voice.slice(Math.max(0, from - 32), from + BLOCK_FRAMES + 32).some((one) => one >= CLOSE);
        const starts = Array.from({ length: Math.ceil(voice.length / BLOCK_FRAMES) }, (_, at) => at * BLOCK_FRAMES);
        expect(blocks).toEqual(starts.map(near));
      }),
    );
  });

  it("let go of nothing that the measures of a voice read", () => {
    // Silence, and voices whose edges are likely, not unlikely or not out of the question, loud or faint.
    const piece = fc.tuple(
      fc.integer({ min: 1, max: 120 }),
      fc.constantFrom(0, SOFT, CLOSE, OPEN, 255),
      fc.constantFrom(0, 130, 220),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), fc.integer(), (pieces, seed) => {
        const frames = pieces.flatMap(([length, voice, level]) =>
          Array.from({ length }, () => [voice, level] as const),
        );
        const random = randomFrom(seed);
        const sounds = frames.map(() => ({
          vowel: 100 + Math.floor(60 * random()),
          pitched: 90 + Math.floor(4 * random()),
        }));
        const measured = [true, false].map((letsGo) => {
          const vowels = createNearVoiceTrack(BLOCK_FRAMES);
          const pitch = createNearVoiceTrack(BLOCK_FRAMES / PITCH_STEP_FRAMES);
          const marker = createVoiceMarker((isNear) => {
            vowels.decide(isNear || !letsGo);
            pitch.decide(isNear || !letsGo);
          });
          for (const [frame, { vowel, pitched }] of sounds.entries()) {
            vowels.push(vowel);
            if (frame % PITCH_STEP_FRAMES === 0) pitch.push(pitched);
          }
          for (const [voice] of frames) marker.hear(voice, 0);
          marker.finish();
          const channel = {
            ...marker.marks,
            levels: Uint8Array.from(frames, ([, level]) => level),
            tonality: new Uint8Array(Math.ceil(frames.length / TONALITY_STEP_FRAMES)),
            alike: trackOf(frames.map(() => false)),
          } as unknown as HeardChannel;
          detectSpeech({ channels: [channel] } as unknown as Heard);
          const { speech } = channel;
          return {
            speech: [...runs(speech)],
            syllables: countSyllables(vowels, speech),
            pitch: pitchDynamics(pitch, speech),
          };
        });
        expect(measured[0]).toEqual(measured[1]);
      }),
    );
  });
});
