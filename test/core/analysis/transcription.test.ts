import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { askServer } from "../../../src/analysis/transcription/ask";
import type { Sound } from "../../../src/analysis/transcription/contract";
import { cutRecording } from "../../../src/analysis/transcription/cut";
import { deepgramTranscriber, queryOf, readDeepgram } from "../../../src/analysis/transcription/deepgram";
import { addressOf, promptOf, readWhisper } from "../../../src/analysis/transcription/openai";
import { planPieces, type Piece } from "../../../src/analysis/transcription/plan";
import { pieceKey } from "../../../src/analysis/transcription/progress";
import { stitch } from "../../../src/analysis/transcription/stitch";
import { segmentsOf, textOf } from "../../../src/analysis/transcription/transcript";
import { workersAiTranscriber } from "../../../src/analysis/transcription/workers-ai";
import { sineWav } from "../../worker/sine-wav";
import { inMemory, inPieces } from "./recordings";

const OPEN = { allowPrivateAddresses: true, ownHosts: [] };
const SOUND: Sound = { wav: new Uint8Array(8), milliseconds: 10_000 };

describe("the pieces of a recording", () => {
  it("are no longer than the engine hears, have all of the speech, and each moment counts once", () => {
    const segments = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 120, max: 90_000 })), { maxLength: 30 })
      .map((parts) => {
        let at = 0;
        return parts.map(([pause, length]): [number, number] => [(at += pause + 200), (at += length)]);
      });
    fc.assert(
      fc.property(segments, fc.constantFrom(10, 30, 120), (speech, seconds) => {
        const duration = (speech.at(-1)?.[1] ?? 0) + 500;
        const pieces = planPieces([{ channel: 0, segments: speech }], duration, seconds);
        for (const { start, end } of pieces) expect(end - start).toBeLessThanOrEqual(seconds * 1000);
        for (const [start, end] of speech)
          for (const moment of [start, (start + end) / 2, end - 1]) {
            const counting = pieces.filter(({ keepFrom, keepTo }) => moment >= keepFrom && moment < keepTo);
            expect(counting).toHaveLength(1);
            expect(moment >= counting[0]!.start && moment <= counting[0]!.end).toBe(true);
          }
      }),
    );
  });

  it("are cut out of the channel they are of, at its rate, whatever the sizes of the reads", async () => {
    const pieces: Piece[] = [
      { channel: 0, start: 250, end: 750, keepFrom: 250, keepTo: 750 },
      { channel: 1, start: 500, end: 1_500, keepFrom: 500, keepTo: 1_500 },
    ];
    for (const size of [1_000, 7_777, 100_000]) {
      const cut = new Map<string, Sound>();
      const done = await cutRecording(
        { chunks: inPieces(sineWav(2), size), file: inMemory(sineWav(2)) },
        pieces,
        async (piece, sound) => {
          cut.set(pieceKey(piece), sound);
          return true;
        },
      );
      expect(done.ok).toBe(true);
      const [left, right] = pieces.map((piece) => cut.get(pieceKey(piece))!);
      expect(left!.wav.length).toBe(44 + 500 * 16);
      expect(right!.wav.length).toBe(44 + 1_000 * 16);
      const loudest = ({ wav }: Sound) => Math.max(...new Int16Array(wav.buffer, 44));
      expect(loudest(left!)).toBeGreaterThan(7_000);
      expect(loudest(right!)).toBe(0);
    }
  });

  it("stop being cut when the engine fails", async () => {
    const pieces = Array.from({ length: 100 }, (_, at) => ({
      channel: 0,
      start: at * 500,
      end: at * 500 + 400,
      keepFrom: 0,
      keepTo: 1,
    }));
    let sent = 0;
    await cutRecording(
      { chunks: inPieces(sineWav(60), 4_000), file: inMemory(sineWav(60)) },
      pieces,
      async () => ((sent += 1), false),
    );
    expect(sent).toBeLessThan(10);
  });

  it("are stitched: a word that two pieces heard is there once, and gaps have their reasons", () => {
    const pieces: Piece[] = [
      { channel: 0, start: 0, end: 10_000, keepFrom: 0, keepTo: 9_500 },
      { channel: 0, start: 9_000, end: 15_000, keepFrom: 9_500, keepTo: 15_000 },
      { channel: 1, start: 20_000, end: 21_000, keepFrom: 20_000, keepTo: 21_000 },
    ];
    const word = (text: string, start: number) => ({ text, start, end: start + 200, sure: 0.5 });
    const progress = new Map([
      [pieceKey(pieces[0]!), { words: [word("first", 500), word("twice", 9_600)], language: "en" }],
      [pieceKey(pieces[1]!), { words: [word("twice", 600), word("last", 3_000)], language: "en" }],
      [pieceKey(pieces[2]!), { gap: "bad_answer: no" }],
    ]);
    const channel = { state: "live" as const, talkSeconds: 1, segments: [], speechLevelDb: null, noiseLevelDb: null };
    const findings = { channels: [0, 1].map((number) => ({ channel: number, ...channel })) };
    const found = stitch(pieces, progress, { findings, operatorChannel: 1, language: null });
    expect(found.segments.map(textOf).join(" ")).toBe("first twice last");
    expect(found.gaps).toEqual([{ channel: 1, start: 20_000, end: 21_000, reason: "bad_answer: no" }]);
    expect(found.channels).toEqual([
      { channel: 0, speaker: "customer" },
      { channel: 1, speaker: "operator" },
    ]);
  });

  it("make segments that end at a pause and where somebody else takes the turn", () => {
    const say = (channel: number, from: number, ...texts: string[]) =>
      texts.map((text, at) => ({
        channel,
        word: [text, from + at * 200, from + at * 200 + 150, null] as [string, number, number, null],
      }));
    const segments = segmentsOf([
      ...say(0, 0, "one", "two"),
      ...say(1, 300, "aha"),
      ...say(0, 400, "three"),
      ...say(0, 5_000, "four"),
      ...say(1, 5_300, "no", "never", "again"),
      ...say(0, 5_700, "five"),
    ]);
    expect(segments.map(textOf)).toEqual(["one two three", "aha", "four", "no never again", "five"]);
  });
});

describe("engines", () => {
  it("of OpenAI's form may have words in a list, under their segments, or only a text", () => {
    const at = (value: unknown) => readWhisper(value, 10_000);
    const word = { word: " Hello ", start: 0.5, end: 0.9 };
    const read = { text: "Hello", start: 500, end: 900, sure: null };
    expect(at({ text: "Hello", words: [word] })).toMatchObject({ ok: true, value: { words: [read], language: null } });
    const segment = { start: 0.5, end: 0.9, text: " Hello" };
    expect(at({ text: "Hello", segments: [{ ...segment, words: [word] }] })).toMatchObject({
      value: { words: [read] },
    });
    expect(at({ text: "Hello", segments: [segment], language: "English" })).toMatchObject({
      value: { language: "english" },
    });
    expect(at({ text: "one two" })).toMatchObject({
      value: {
        words: [
          { text: "one", start: 0 },
          { text: "two", end: 10_000 },
        ],
      },
    });
    expect(at({ text: "" })).toMatchObject({ ok: true, value: { words: [] } });
    expect(at({ text: "x", words: [{ word: "x", start: Number.NaN, end: 1 }] }).ok).toBe(false);
    expect(["https://a.test", "https://a.test/v1/", "https://a.test/v1/audio/transcriptions"].map(addressOf)).toEqual(
      Array(3).fill("https://a.test/v1/audio/transcriptions"),
    );
    expect(promptOf(Array(1_000).fill("keyterm")).length).toBeLessThanOrEqual(600);
  });

  it("of Deepgram's are asked and read as Deepgram documents it", async () => {
    const asked: Request[] = [];
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      asked.push(new Request(input, init));
      return Response.json({
        metadata: { request_id: "a", duration: 10, channels: 1, models: ["nova-3"] },
        results: {
          channels: [
            {
              detected_language: "es",
              alternatives: [
                {
                  transcript: "hola",
                  confidence: 0.99,
                  words: [{ word: "hola", start: 0.08, end: 0.4, confidence: 0.98, punctuated_word: "Hola." }],
                },
              ],
            },
          ],
        },
      });
    };
    const options = { url: null, key: "dg-key", model: null, microsPerMinute: 7_700 };
    const engine = deepgramTranscriber(options, { fetch: fetch as typeof globalThis.fetch, guardPolicy: OPEN });
    const heard = await engine.transcribe(SOUND, { language: null, keyterms: ["Gómez", "prima"] });
    expect(heard).toEqual({
      ok: true,
      value: { words: [{ text: "Hola.", start: 80, end: 400, sure: 0.98 }], language: "es" },
    });
    const [request] = asked;
    expect(request?.url).toBe(
      "https://api.deepgram.com/v1/listen?model=nova-3&punctuate=true&detect_language=true&keyterm=G%C3%B3mez&keyterm=prima",
    );
    expect(request?.headers.get("authorization")).toBe("Token dg-key");
    expect(request?.headers.get("content-type")).toBe("audio/wav");
    expect(queryOf("nova-2", { language: "en", keyterms: ["a"] }).toString()).toBe(
      "model=nova-2&punctuate=true&language=en&keywords=a",
    );
    expect(readDeepgram({ err_code: "x" }, 1).ok).toBe(false);
  });

  it("of Workers AI get base64, and their failures are named", async () => {
    const run = vi.fn(async (_model: string, _input: Record<string, unknown>): Promise<unknown> => ({
      text: "Hi",
      transcription_info: { language: "en" },
      segments: [{ start: 0, end: 1, text: "Hi", words: [{ word: "Hi", start: 0, end: 1 }] }],
    }));
    const engine = workersAiTranscriber({ run }, 510);
    expect(await engine.transcribe(SOUND, { language: "en-US", keyterms: ["Hi"] })).toMatchObject({
      ok: true,
      value: { words: [{ text: "Hi" }], language: "en" },
    });
    expect(run.mock.calls[0]?.[1]).toMatchObject({ audio: "AAAAAAAAAAA=", language: "en", initial_prompt: "Hi" });
    run.mockRejectedValueOnce(new Error("3040: Capacity temporarily exceeded"));
    expect(await engine.transcribe(SOUND, { language: null, keyterms: [] })).toMatchObject({ error: { kind: "busy" } });
  });

  it("that hang or are gone are failures, and so are addresses that the network guard refuses", async () => {
    const body = { headers: {}, body: "x" };
    const hang = ((_: unknown, init?: RequestInit) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      })) as typeof fetch;
    expect(await askServer({ fetch: hang, guardPolicy: OPEN }, "https://slow.test", body, 10)).toMatchObject({
      error: { kind: "timeout" },
    });
    const gone = (async () => {
      throw new Error("refused: nothing is there");
    }) as typeof fetch;
    expect(await askServer({ fetch: gone, guardPolicy: OPEN }, "https://gone.test", body)).toMatchObject({
      error: { kind: "down", detail: "refused: nothing is there" },
    });
    const asked = vi.fn();
    const guarded = {
      fetch: asked as unknown as typeof fetch,
      guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    };
    expect(await askServer(guarded, "http://169.254.169.254/v1", body)).toMatchObject({ error: { kind: "refused" } });
    expect(asked).not.toHaveBeenCalled();
  });
});
