import { describe, expect, it } from "vitest";
import { embeddedEngine, type AnalysisFailure } from "../../../src/analysis";
import { runsOf } from "../../long-runs";
import monoUrl from "../../fixtures/audio/one-voice-mono.mp3?inline";
import { bytesOf, decodeAll, inMemory, inPieces, randomFrom } from "./recordings";
import { wavFile } from "./wav-files";

const KINDS: AnalysisFailure["kind"][] = ["unsupported_format", "corrupt", "too_long", "empty", "unreadable"];
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

async function failureOf(bytes: Uint8Array): Promise<AnalysisFailure | null> {
  const result = await embeddedEngine().analyse({ chunks: inPieces(bytes, 1000), file: inMemory(bytes) });
  return result.ok ? null : result.error;
}

describe("what is not a recording we read", () => {
  it.each([
    ["RIFF\0\0\0\0AVI LIST", "RIFF without WAVE"],
    ["<?xml version='1.0'?><Error/>", "text, perhaps an error page"],
    ["\x01\x02\x03\x04\x05\x06", "unknown"],
  ])("is called by its name: %j", async (start, name) => {
    expect(await failureOf(ascii(start))).toEqual({ kind: "unsupported_format", detail: name });
  });

  it.each([
    ["OggS\0\0\0\0", "Ogg (Opus, Vorbis or Speex): its header cannot be read"],
    ["fLaC\0\0\0\x22", "FLAC: its header cannot be read"],
    ["\0\0\0\x20ftypM4A ", "MP4/M4A: its header cannot be read"],
    ["\x1aE\xdf\xa3\x9f\x42\x86\x81", "WebM/Matroska: its header cannot be read"],
    ["RIFX\0\0\0\0WAVE", "big-endian WAV (RIFX): its header cannot be read"],
    ["caff\0\x01\0\0", "CAF: its header cannot be read"],
  ])("is a broken recording where only the beginning is there: %j", async (start, detail) => {
    expect(await failureOf(ascii(start))).toEqual({ kind: "corrupt", detail });
  });

  it("may be nothing at all", async () => {
    expect(await failureOf(new Uint8Array(0))).toEqual({ kind: "empty", detail: "no bytes" });
  });
});

describe("a source that breaks", () => {
  it("is distinguished from a broken recording", async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield wavFile([new Float32Array(100)]);
      throw new Error("connection reset");
    }
    const result = await embeddedEngine().analyse({ chunks: breaking(), file: inMemory(new Uint8Array(0)) });
    expect(result).toEqual({ ok: false, error: { kind: "unreadable", detail: "connection reset" } });
  });

  it("is released when the recording is given up", async () => {
    let released = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield ascii("wvpk and more");
      } finally {
        released = true;
      }
    }
    const result = await embeddedEngine().analyse({ chunks: endless(), file: inMemory(ascii("wvpk and more")) });
    expect(result).toMatchObject({ ok: false, error: { kind: "unsupported_format" } });
    expect(released).toBe(true);
  });
});

describe("mutated recordings never throw", () => {
  it("WAV headers, four thousand of them", async () => {
    const random = randomFrom(42);
    const pick = (below: number) => Math.floor((below * (random() + 1)) / 2);
    const seeds = [
      wavFile([new Float32Array(40).fill(0.1)], { before: [["LIST", new Uint8Array(9)]] }),
      wavFile([new Float32Array(40), new Float32Array(40)], { extensible: true, encoding: "float32" }),
      wavFile([new Float32Array(40)], { rf64: true, encoding: "mulaw" }),
    ];
    const interesting = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
    for (let round = 0; round < 4000; round++) {
      const bytes = seeds[round % seeds.length]!.slice();
      for (let flips = 1 + pick(6); flips > 0; flips--)
        bytes[8 + pick(90)] = random() > 0 ? interesting[pick(6)]! : pick(256);
      const cut = random() > 0.6 ? bytes.subarray(0, pick(bytes.length)) : bytes;
      const { result, channels } = await decodeAll(cut, 1 + pick(50), 60);
      if (!result.ok) expect(KINDS).toContain(result.error.kind);
      expect(channels.every((samples) => samples.every((sample) => Math.abs(sample) <= 1))).toBe(true);
    }
  });

  it("MP3 files, and the next one is heard as ever", async () => {
    const whole = bytesOf(monoUrl).subarray(0, 4000);
    const random = randomFrom(43);
    const pick = (below: number) => Math.floor((below * (random() + 1)) / 2);
    const rounds = runsOf(120);
    const heard = () =>
      embeddedEngine().analyse({ chunks: inPieces(bytesOf(monoUrl), 4096), file: inMemory(bytesOf(monoUrl)) });
    const before = await heard();
    expect(before.ok).toBe(true);
    for (let round = 0; round < rounds; round++) {
      const bytes = whole.slice();
      for (let flips = 1 + pick(200); flips > 0; flips--) bytes[pick(bytes.length)] = pick(256);
      const result = await embeddedEngine({ maxSeconds: 60 }).analyse({
        chunks: inPieces(bytes, 1 + pick(3000)),
        file: inMemory(bytes),
      });
      if (!result.ok) expect(KINDS).toContain(result.error.kind);
    }
    // None of them broke what the next recording is decoded by.
    expect(await heard()).toEqual(before);
  });

  it("whole findings of floats gone wild stay numbers", async () => {
    const random = randomFrom(44);
    const bytes = wavFile([new Float32Array(8000), new Float32Array(8000)], { encoding: "float32" });
    for (let i = 58; i < bytes.length; i++) bytes[i] = Math.floor(128 + 128 * random());
    const result = await embeddedEngine().analyse({ chunks: inPieces(bytes, 999), file: inMemory(bytes) });
    expect(result.ok).toBe(true);
    expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
  });
});
