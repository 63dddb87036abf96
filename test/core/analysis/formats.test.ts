import { describe, expect, it } from "vitest";
import { embeddedEngine } from "../../../src/analysis";
import { runsOf } from "../../long-runs";
import { bytesOf, decodeAll, inMemory, inPieces, randomFrom } from "./recordings";

// Made by ffmpeg, AMR by opencore-amr and vo-amrwbenc (test/fixtures/audio/README.md). Whether each sample is right is
// compared with ffmpeg in test/peers/formats.test.ts; here the module runs where it is deployed.
const FILES = import.meta.glob<string>("../../fixtures/audio/formats/*", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

function fixture(name: string): Uint8Array {
  return bytesOf(FILES[`../../fixtures/audio/formats/${name}`]!);
}

const names = Object.keys(FILES).map((path) => path.slice(path.lastIndexOf("/") + 1));

const format = (container: string, codec: string, sampleRate: number, channels: number) => ({
  container,
  codec,
  sampleRate,
  channels,
});

const LENGTH = 1.5;
/** What a codec adds that its container does not say: a last block that is filled up, or the encoder's run-up. */
const ADDED = 0.2;

// The signal of the fixtures, as their README has it.
const SIGNALS = [
  (t: number) =>
    0.5 * Math.sin(2 * Math.PI * (180 + 60 * t) * t) * Math.abs(Math.sin(4 * Math.PI * t)) +
    0.12 * Math.sin(2 * Math.PI * 1400 * t),
  (t: number) =>
    0.4 * Math.sin(2 * Math.PI * (300 - 40 * t) * t) * Math.abs(Math.cos(3 * Math.PI * t)) +
    0.1 * Math.sin(2 * Math.PI * 900 * t),
];

/** The likeness of the samples and the signal, at the delay where it is greatest. */
function likeness(samples: Float32Array, rate: number, signal: (t: number) => number): number {
  const wanted = Float32Array.from({ length: samples.length }, (_, at) => signal(at / rate));
  const step = Math.ceil(rate / 4000);
  let best = 0;
  for (let delay = 0; delay < 0.16 * rate; delay += 1) {
    let [both, own, other] = [0, 0, 0];
    for (let at = Math.round(rate * 0.2); at < samples.length - rate * 0.2; at += step) {
      both += samples[at]! * wanted[at - delay]!;
      own += samples[at]! ** 2;
      other += wanted[at - delay]! ** 2;
    }
    best = Math.max(best, both / Math.sqrt(own * other));
  }
  return best;
}

describe("a recording in a format that FFmpeg decodes", () => {
  it.each([
    ["aac.m4a", format("mp4", "aac", 44100, 2)],
    ["aac.aac", format("adts", "aac", 44100, 2)],
    ["opus.ogg", format("ogg", "opus", 48000, 2)],
    ["opus.webm", format("webm", "opus", 48000, 2)],
    ["vorbis.ogg", format("ogg", "vorbis", 44100, 2)],
    ["speex.ogg", format("ogg", "speex", 8000, 1)],
    ["flac.flac", format("flac", "flac", 8000, 1)],
    ["gsm.wav", format("wav", "gsm_ms", 8000, 1)],
    ["gsm.gsm", format("gsm", "gsm", 8000, 1)],
    ["ima.wav", { ...format("wav", "adpcm_ima_wav", 8000, 1), bitsPerSample: 4 }],
    ["mp3.wav", format("wav", "mp3", 8000, 1)],
    ["nb.amr", format("amr", "amr_nb", 8000, 1)],
    ["wb.awb", format("amr", "amr_wb", 16000, 1)],
  ])("%s is heard in its channels and its length", async (name, expected) => {
    const { result, channels } = await decodeAll(fixture(name));
    expect(result).toMatchObject({ ok: true, value: { format: expected, warnings: [] } });
    const seconds = channels[0]!.length / expected.sampleRate;
    expect(seconds).toBeGreaterThan(LENGTH - 0.1);
    expect(seconds).toBeLessThan(LENGTH + ADDED);
    for (const [channel, samples] of channels.entries()) {
      expect(likeness(samples, expected.sampleRate, SIGNALS[channel]!)).toBeGreaterThan(0.85);
    }
  });

  it("keeps the pauses that AMR does not send", async () => {
    const { result, channels } = await decodeAll(fixture("dtx.amr"));
    // Sound of 1.5 s, 2 s without, and the sound again.
    expect(result).toMatchObject({ ok: true, value: { durationSeconds: 5, warnings: [] } });
    const loudness = (from: number, to: number) => Math.max(...channels[0]!.subarray(from * 8000, to * 8000));
    expect(loudness(0.2, 1.4)).toBeGreaterThan(0.3);
    expect(loudness(1.8, 3.4)).toBeLessThan(0.01);
    expect(loudness(3.6, 4.9)).toBeGreaterThan(0.3);
  });

  it("is cut and says so", async () => {
    for (const [name, keep] of [
      ["aac.aac", 5000],
      ["opus.webm", 5000],
      ["flac.flac", 9000],
      ["gsm.wav", 1000],
    ] as const) {
      const { result } = await decodeAll(fixture(name).subarray(0, keep));
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
      expect.soft(result.value.warnings, name).toContain("truncated");
      expect.soft(result.value.durationSeconds, name).toBeLessThan(1.4);
    }
    // The index is at the end, and was not kept.
    expect((await decodeAll(fixture("aac.m4a").subarray(0, 5000))).result).toMatchObject({
      ok: false,
      error: { kind: "corrupt" },
    });
  });

  it("does not have to be read from front to back", async () => {
    const bytes = fixture("aac.m4a");
    const reads: number[] = [];
    const file = {
      size: bytes.length,
      async read(at: number, length: number) {
        reads.push(at);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return bytes.subarray(at, at + length);
      },
    };
    const found = await embeddedEngine().analyse({ chunks: inPieces(bytes, 1000), file });
    expect(found).toMatchObject({ ok: true, value: { format: { codec: "aac" } } });
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThan(5);
  });

  it("is unreadable, not corrupt, when the storage fails", async () => {
    const bytes = fixture("opus.ogg");
    const file = {
      size: bytes.length,
      read: () => Promise.reject(new Error("connection reset")),
    };
    const found = await embeddedEngine().analyse({ chunks: inPieces(bytes, 1000), file });
    expect(found).toEqual({ ok: false, error: { kind: "unreadable", detail: "connection reset" } });
  });

  it("is refused beyond the longest length, whatever its header claims", async () => {
    const bytes = fixture("opus.ogg");
    const short = embeddedEngine({ maxSeconds: 1 });
    expect(await short.analyse({ chunks: inPieces(bytes, 999), file: inMemory(bytes) })).toEqual({
      ok: false,
      error: { kind: "too_long", limitSeconds: 1 },
    });
  });
});

describe("mutated files of these formats", () => {
  it("give samples or a failure by name, and the next recording is heard as ever", async () => {
    const random = randomFrom(45);
    const pick = (below: number) => Math.floor((below * (random() + 1)) / 2);
    const rounds = runsOf(60);
    for (let round = 0; round < rounds; round += 1) {
      const bytes = fixture(names[round % names.length]!).slice();
      for (let flips = 1 + pick(40); flips > 0; flips -= 1)
        bytes[random() > 0 ? pick(Math.min(600, bytes.length)) : pick(bytes.length)] = pick(256);
      const cut = random() > 0.7 ? bytes.subarray(0, pick(bytes.length)) : bytes;
      const found = await embeddedEngine({ maxSeconds: 600 }).analyse({
        chunks: inPieces(cut, 4096),
        file: inMemory(cut),
      });
      if (!found.ok) expect(found.error.kind).toMatch(/^(unsupported_format|corrupt|too_long|empty)$/);
      else expect(JSON.stringify(found.value)).not.toMatch(/NaN|Infinity/);
    }
    const { result } = await decodeAll(fixture("aac.m4a"));
    expect(result).toMatchObject({ ok: true, value: { format: { codec: "aac" }, warnings: [] } });
  });
});
