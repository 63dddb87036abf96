import { describe, expect, it } from "vitest";
import { embeddedEngine, findingsSchema, measuresOf, type Findings } from "../../../src/analysis";
import callUrl from "../../fixtures/audio/two-party-call.mp3?inline";
import truth from "../../fixtures/audio/two-party-call.truth.json";
import { bytesOf, inMemory, inPieces, randomFrom, voice } from "./recordings";
import { wavFile, type WavOptions } from "./wav-files";

const call = bytesOf(callUrl);
const A: [number, number][] = [
  [1, 3.5],
  [6, 8],
  [12, 15],
];
const B: [number, number][] = [
  [4, 5.5],
  [8.5, 11],
  [14, 16],
];

async function findingsOf(bytes: Uint8Array, size = 65_536): Promise<Findings> {
  const result = await embeddedEngine().analyse({ chunks: inPieces(bytes, size), file: inMemory(bytes) });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return findingsSchema.parse(JSON.parse(JSON.stringify(result.value)));
}

function findingsOfWav(channels: readonly Float32Array[], options?: WavOptions): Promise<Findings> {
  return findingsOf(wavFile(channels, options));
}

/** Every number in a value, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

function total(spans: readonly (readonly [number, number])[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}

describe("the embedded engine on a call whose truth is known", () => {
  it("measures talk, overlap and silence", async () => {
    const found = await findingsOf(call);
    expect(found.durationSeconds).toBeCloseTo(truth.durationSeconds, 2);
    expect(found.warnings).toEqual([]);
    expect(found.format).toEqual({ container: "mp3", codec: "mp3", sampleRate: 8000, channels: 2 });
    for (const channel of [0, 1] as const) {
      expect(Math.abs(found.channels[channel]!.talkSeconds - truth.talkSeconds[channel]!)).toBeLessThan(0.3);
    }
    expect(Math.abs(found.overlapSeconds! - truth.overlapSeconds)).toBeLessThan(0.3);
    expect(Math.abs(found.silenceSeconds - truth.silenceSeconds)).toBeLessThan(0.5);
  });

  it("puts the borders of every utterance within 0.1 s", async () => {
    const found = await findingsOf(call);
    for (const { channel, start, end } of truth.utterances) {
      const segments = found.channels[channel]!.segments;
      const inside = segments.filter(([from, to]) => from < end * 1000 && to > start * 1000);
      expect(Math.abs(inside[0]![0] / 1000 - start)).toBeLessThan(0.1);
      expect(Math.abs(inside.at(-1)![1] / 1000 - end)).toBeLessThan(0.1);
    }
  });

  it("finds the same whatever the pieces it gets", async () => {
    const part = call.subarray(0, 120_000);
    const whole = await findingsOf(part);
    for (const size of [1, 331, 4096]) expect(await findingsOf(part, size)).toEqual(whole);
  });
});

describe("the embedded engine", () => {
  const left = voice(8000, 18, A);
  const right = voice(8000, 18, B, 210, 2);

  it("measures two parties", async () => {
    const found = await findingsOfWav([left, right]);
    expect(found.channels[0]!.talkSeconds).toBeCloseTo(total(A), 0);
    expect(found.channels[1]!.talkSeconds).toBeCloseTo(total(B), 0);
    expect(found.overlapSeconds).toBeCloseTo(1, 1);
    expect(found.channelSeparationDb).toBeGreaterThan(30);
    expect(found.warnings).toEqual([]);
  });

  it.each([4000, 6000, 11_025, 16_000, 22_050, 44_100, 44_101, 48_000, 96_000])(
    "gives the same measures at %i Hz",
    async (rate) => {
      const found = await findingsOfWav([voice(rate, 18, A), voice(rate, 18, B, 210, 2)], { rate });
      expect(found.sampleRate).toBe(rate);
      expect(found.durationSeconds).toBeCloseTo(18, 3);
      expect(Math.abs(found.channels[0]!.talkSeconds - total(A))).toBeLessThan(0.25);
      expect(Math.abs(found.channels[1]!.talkSeconds - total(B))).toBeLessThan(0.25);
      expect(found.channels[0]!.segments.map(([from]) => Math.round(from / 100) / 10)).toEqual(A.map(([from]) => from));
    },
  );

  it("takes one channel for mono and reports no overlap", async () => {
    const found = await findingsOfWav([left]);
    expect(found).toMatchObject({ overlapSeconds: null, channelSeparationDb: null, warnings: [] });
    expect(found.channels).toHaveLength(1);
  });

  it.each([1, 0.5, -0.3])("takes two channels with one signal (gain %d) for mono, and says so", async (gain) => {
    const found = await findingsOfWav([left, left.map((sample) => sample * gain)]);
    expect(found).toMatchObject({ overlapSeconds: null, warnings: ["dual_mono"] });
    expect(found.channels.map(({ channel }) => channel)).toEqual([0]);
    expect(found.format.channels).toBe(2);
  });

  it.each([0.0001, 0])("says which channel is dead (noise %d)", async (noise) => {
    const random = randomFrom(5);
    const found = await findingsOfWav([left.map(() => noise * random()), right]);
    expect(found).toMatchObject({ overlapSeconds: null, warnings: ["dead_channel"] });
    expect(found.channels.map(({ state, talkSeconds }) => [state, talkSeconds > 0])).toEqual([
      ["dead", false],
      ["live", true],
    ]);
  });

  it.each([24, 14])("does not take a party's leak %i dB down in the other's channel for talk", async (below) => {
    const gain = 10 ** (-below / 20);
    const clean = await findingsOfWav([left, right]);
    const found = await findingsOfWav([
      left.map((v, i) => v + gain * right[i]!),
      right.map((v, i) => v + gain * left[i]!),
    ]);
    expect(found.channelSeparationDb).toBeCloseTo(below, 0);
    expect(found.warnings).toEqual(below < 20 ? ["low_channel_separation"] : []);
    expect(found.overlapSeconds).toBeCloseTo(clean.overlapSeconds!, 0);
    for (const c of [0, 1]) expect(found.channels[c]!.talkSeconds).toBeCloseTo(clean.channels[c]!.talkSeconds, 0);
  });

  it("does not take an echo that comes late for talk", async () => {
    const late = 320; // 40 ms
    const found = await findingsOfWav([left, right.map((v, i) => v + 0.05 * (left[i - late] ?? 0))]);
    expect(Math.abs(found.channels[1]!.talkSeconds - total(B))).toBeLessThan(0.3);
  });

  it("ignores an offset and mains hum", async () => {
    const found = await findingsOfWav([left.map((v, i) => v + 0.1 + 0.01 * Math.sin((2 * Math.PI * 50 * i) / 8000))]);
    expect(Math.abs(found.channels[0]!.talkSeconds - total(A))).toBeLessThan(0.25);
  });

  it("does not take line noise beside a mute for talk", async () => {
    const muted = left.map((v, i) => (i > 8000 * 9 && i < 8000 * 11 ? 0 : v));
    const found = await findingsOfWav([muted]);
    expect(Math.abs(found.channels[0]!.talkSeconds - total(A))).toBeLessThan(0.25);
  });

  it("detects a greeting at the start of the recording", async () => {
    const found = await findingsOfWav([voice(8000, 8, [[0, 2]])]);
    expect(found.channels[0]!.segments[0]![0]).toBeLessThan(60);
    expect(Math.abs(found.channels[0]!.talkSeconds - 2)).toBeLessThan(0.15);
  });

  it("fills pauses of 200 ms, not longer ones, and drops clicks", async () => {
    const click = voice(8000, 12, [
      [1, 3],
      [3.15, 5],
      [5.4, 7],
    ]);
    click[8000 * 9] = 0.9;
    const found = await findingsOfWav([click]);
    expect(found.channels[0]!.segments.map((span) => span.map((ms) => Math.round(ms / 100) / 10))).toEqual([
      [1, 5],
      [5.4, 7],
    ]);
  });

  it.each([0.0002, 0.01])("detects no speech in noise alone (amplitude %d)", async (amplitude) => {
    const random = randomFrom(9);
    const noise = () => Float32Array.from({ length: 8000 * 30 }, () => amplitude * random());
    const found = await findingsOfWav([noise(), noise()]);
    expect(found.channels.map(({ segments }) => segments)).toEqual([[], []]);
    expect(found.silenceSeconds).toBe(30);
  });

  it("answers for a recording of one sample, and for eight channels", async () => {
    const one = await findingsOfWav([Float32Array.of(0.5)]);
    expect(one).toMatchObject({ durationSeconds: 0, silenceSeconds: 0, channels: [{ talkSeconds: 0, segments: [] }] });
    const eight = Array.from({ length: 8 }, (_, c) => voice(8000, 12, [[c + 1, c + 2.5]], 100 + 20 * c, c + 1));
    const found = await findingsOfWav(eight);
    expect(found.channels.map(({ segments }) => Math.round(segments[0]![0] / 100) / 10)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(found.overlapSeconds).toBeCloseTo(3.5, 0);
  });

  it("fails with too_long, and by name for other formats", async () => {
    const short = embeddedEngine({ maxSeconds: 5 });
    expect(await short.analyse({ chunks: inPieces(call, 9999), file: inMemory(call) })).toEqual({
      ok: false,
      error: { kind: "too_long", limitSeconds: 5 },
    });
  });
});

describe("the measures of version 2", () => {
  const left = voice(8000, 18, A);
  const right = voice(8000, 18, B, 210, 2);
  const tone = (seconds: number, ...hz: number[]) =>
    Float32Array.from({ length: 8000 * seconds }, (_, i) =>
      hz.reduce((sum, one) => sum + 0.05 * Math.sin((2 * Math.PI * one * i) / 8000), 0),
    );
  const after = (silence: number, samples: Float32Array) => {
    const longer = new Float32Array(8000 * silence + samples.length);
    longer.set(samples, 8000 * silence);
    return longer;
  };

  it("tell who talks how", async () => {
    const { channels, call: whole } = await findingsOfWav([left, right]);
    expect(channels[0]!.measures).toMatchObject({ turns: 3, interruptions: 0, clips: 0, musicSeconds: 0 });
    expect(channels[1]!.measures).toMatchObject({ turns: 3, interruptions: 1, responses: 2 });
    expect(channels[1]!.measures!.responseSeconds).toBeCloseTo(0.5, 1);
    expect(channels.map(({ measures }) => measures!.talkShare! * 10).map(Math.round)).toEqual([6, 4]);
    expect(channels[0]!.measures!.pitchHz).toBeCloseTo(140, -1);
    expect(channels[1]!.measures!.pitchHz).toBeCloseTo(210, -1);
    // The voice swells four times a second.
    for (const { measures } of channels) expect(Math.abs(measures!.syllablesPerSecond! - 4)).toBeLessThan(0.7);
    for (const { measures } of channels) expect(measures!.snrDb).toBeGreaterThan(30);
    expect(whole!.interruptions).toHaveLength(1);
    expect(whole).toMatchObject({ interruptionCount: 1, longSilences: [], holds: [] });
  });

  it("say nothing of turns where one channel carries everyone", async () => {
    const { channels, call: whole } = await findingsOfWav([left]);
    expect(channels[0]!.measures).toMatchObject({ turns: null, interruptions: null, responses: null, talkShare: 1 });
    expect(whole).toMatchObject({ interruptions: null, switchesPerMinute: null });
  });

  it("take ringing, dialling and chords for no speech, and tell a hold", async () => {
    const silent = new Float32Array(left.length + 8000 * 12);
    const chord = tone(10, 262, 330, 392);
    const held = after(12, left).map((sample, i) => sample + (chord[i - 4000] ?? 0));
    const found = await findingsOfWav([held, silent.map((_, i) => 0.0005 * Math.sin(i ** 1.5))]);
    expect(found.channels[0]!.segments[0]![0]).toBeGreaterThan(12_900);
    expect(found.channels[0]!.talkSeconds).toBeCloseTo(total(A), 0);
    expect(found.channels[0]!.measures!.musicSeconds).toBeCloseTo(10, 0);
    expect(found.call!.holds).toHaveLength(1);
    expect(found.call!.holdSeconds).toBeCloseTo(10, 0);
    const digits = after(1, tone(1, 697, 1209));
    expect((await findingsOfWav([digits])).channels[0]!.segments).toEqual([]);
  });

  it("gain only silence from silence before", async () => {
    const before = await findingsOfWav([left, right]);
    const quiet = (samples: Float32Array, seed: number) => {
      const random = randomFrom(seed);
      return after(5, samples).map((sample, i) => sample + (i < 40_000 ? 0.0008 * random() : 0));
    };
    const later = await findingsOfWav([quiet(left, 21), quiet(right, 22)]);
    expect(later.silenceSeconds).toBeCloseTo(before.silenceSeconds + 5, 1);
    expect(later.call!.interruptionCount).toBe(before.call!.interruptionCount);
    for (const [index, channel] of later.channels.entries()) {
      const { measures: was, segments } = before.channels[index]!;
      expect(channel.segments.map(([start]) => Math.round((start - 5000) / 50))).toEqual(
        segments.map(([start]) => Math.round(start / 50)),
      );
      expect(channel.measures).toMatchObject({ turns: was!.turns, clips: 0, bandwidthHz: was!.bandwidthHz });
      expect(channel.measures!.loudnessLufs).toBeCloseTo(was!.loudnessLufs!, 0);
      expect(channel.measures!.pitchHz).toBeCloseTo(was!.pitchHz!, 0);
    }
  });

  it.each([
    ["nothing but an offset", () => 0.9],
    ["full-scale noise", randomFrom(2)],
    ["a square wave at full scale", (i: number) => (i % 80 < 40 ? 1 : -1)],
    ["digital silence", () => 0],
    ["the smallest numbers", (i: number) => (i % 2) * 1e-38],
  ] as [string, (i: number) => number][])("are numbers or null for %s", async (_, sample) => {
    for (const length of [1, 79, 3000, 60_000]) {
      const sound = Float32Array.from({ length }, (__, i) => sample(i));
      for (const channels of [[sound], [sound, left.subarray(0, length)]]) {
        const bytes = wavFile(channels, { encoding: "float32" });
        const found = await embeddedEngine().analyse({ chunks: inPieces(bytes, 9999), file: inMemory(bytes) });
        const numbers = numbersIn(found);
        expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
        expect(found.ok && findingsSchema.safeParse(found.value).success).toBe(true);
      }
    }
  });

  it("count clipped tops", async () => {
    const found = await findingsOfWav([left.map((sample) => Math.max(-1, Math.min(1, 12 * sample)))]);
    expect(found.channels[0]!.measures!.clips).toBeGreaterThan(50);
    expect(found.channels[0]!.measures!.clippedSeconds).toBeGreaterThan(0.1);
  });

  it("are read of findings that an earlier version made", () => {
    const { kind: _, ...stored } = {
      kind: "acoustic",
      durationSeconds: 2,
      sampleRate: 8000,
      format: { container: "wav", codec: "pcm", sampleRate: 8000, channels: 1 },
      channels: [
        { channel: 0, state: "live", talkSeconds: 1, segments: [[0, 1000]], speechLevelDb: -20, noiseLevelDb: null },
      ],
      silenceSeconds: 1,
      overlapSeconds: null,
      channelSeparationDb: null,
      warnings: [],
    };
    expect(measuresOf(stored)).toMatchObject({ talk_seconds: [1], channels: null, hold_seconds: null });
  });
});
