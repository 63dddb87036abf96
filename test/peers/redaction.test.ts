import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { writeFileSync } from "node:fs";
import { bundled } from "./decoding/bundle.ts";
import { openNative } from "./decoding/native.ts";

// Recordings with tones from beginning to end, muted by the Worker's code and decoded by Debian's ffmpeg: silent where they
// are muted, the same as before everywhere else, and as long as before.

type Shape = { channels: number; sampleRate: number; frames: number };
type Write = (
  bucket: unknown,
  key: string,
  input: { chunks: AsyncIterable<Uint8Array>; file: unknown },
  muted: readonly (readonly [number, number])[],
) => Promise<{ ok: true; value: Shape } | { ok: false; error: unknown }>;

const TONES = "0.5*sin(2*PI*440*t)|0.4*sin(2*PI*660*t)";
const MUTED = [
  [500, 900],
  [1_500, 1_750],
] as const;

const native = openNative();
let write: Write;

before(async () => {
  write = (await bundled<{ writeRendition: Write }>("redaction/rendition.ts")).writeRendition;
});
after(() => native.close());

/** R2 as far as it is used here: parts of one length but for the last, put together in their order. */
function memory() {
  const objects = new Map<string, Uint8Array>();
  const whole = (parts: Map<number, Uint8Array>) =>
    Buffer.concat([...parts].toSorted(([one], [other]) => one - other).map(([, bytes]) => bytes));
  return {
    objects,
    put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes.slice()),
    createMultipartUpload: async (key: string) => {
      const parts = new Map<number, Uint8Array>();
      return {
        uploadPart: async (partNumber: number, bytes: Uint8Array) => {
          parts.set(partNumber, bytes.slice());
          return { partNumber };
        },
        complete: async (listed: { partNumber: number }[]) => {
          assert.deepEqual(
            listed.map(({ partNumber }) => partNumber).toSorted((a, b) => a - b),
            [...parts.keys()].toSorted((a, b) => a - b),
          );
          objects.set(key, whole(parts));
        },
        abort: async () => {},
      };
    },
  };
}

/** The muted rendition of a file, decoded by ffmpeg, beside the file itself. */
async function muted(file: string, channels: number) {
  const bytes = native.read(file);
  const bucket = memory();
  const chunks = (async function* () {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  })();
  const input = {
    chunks,
    file: { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) },
  };
  const written = await write(bucket, "one", input, MUTED);
  assert.ok(written.ok, JSON.stringify(written));
  const rendition = `${file}.muted.wav`;
  writeFileSync(rendition, bucket.objects.get("one")!);
  return { shape: written.value, original: native.decode(file, channels), heard: native.decode(rendition, channels) };
}

const CASES: [name: string, extension: string, rate: number, encode: string[], exact: boolean][] = [
  ["WAV, 16 bits", "wav", 8000, ["pcm_s16le"], true],
  ["WAV, µ-law", "wav", 8000, ["pcm_mulaw"], true],
  ["WAV, A-law", "wav", 8000, ["pcm_alaw"], true],
  ["WAV, 24 bits", "wav", 48000, ["pcm_s24le"], false],
  ["MP3 at 8 kHz", "mp3", 8000, ["libmp3lame", "-b:a", "32k"], false],
  ["MP3 at 44.1 kHz", "mp3", 44100, ["libmp3lame", "-b:a", "128k"], false],
  ["AAC in M4A", "m4a", 44100, ["aac", "-b:a", "128k"], false],
  ["Opus in Ogg", "ogg", 48000, ["libopus", "-b:a", "64k"], false],
];

describe("a muted rendition", () => {
  for (const [name, extension, rate, encode, exact] of CASES) {
    test(`of ${name}: silence where it is muted, the same sound elsewhere`, async () => {
      const source = ["-f", "lavfi", "-i", `aevalsrc=${TONES}:s=${rate}:d=3`];
      const file = native.make(extension, [...source, "-c:a", ...encode]);
      const { shape, original, heard } = await muted(file, 2);
      assert.equal(shape.channels, 2);
      assert.equal(shape.sampleRate, rate);
      const apart = Math.abs(heard[0]!.length - original[0]!.length) / rate;
      assert.ok(apart <= 0.1, `${apart} s apart`);
      let [signal, noise] = [0, 0];
      for (const [channel, samples] of heard.entries()) {
        for (const [at, sample] of samples.entries()) {
          const time = (at / rate) * 1000;
          const wanted = original[channel]![at] ?? 0;
          if (MUTED.some(([from, to]) => time >= from && time < to)) assert.equal(sample, 0);
          else if (MUTED.every(([from, to]) => time < from - 1 || time > to + 1)) {
            if (exact) assert.equal(sample, wanted);
            signal += wanted ** 2;
            noise += (wanted - sample) ** 2;
          }
        }
      }
      const decibels = noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
      assert.ok(decibels >= 60, `${decibels} dB`);
    });
  }

  test("of a file of several parts has its head in the first and all of its samples", async () => {
    const source = ["-f", "lavfi", "-i", `aevalsrc=${TONES}:s=48000:d=70`];
    const file = native.make("ogg", [...source, "-c:a", "libopus", "-b:a", "24k"]);
    const { shape, original, heard } = await muted(file, 2);
    assert.ok(shape.frames * 4 > 2 * 5 * 1024 * 1024);
    assert.ok(Math.abs(heard[0]!.length - original[0]!.length) <= 4_800);
    assert.ok(heard[0]!.subarray(48_000 * 60).some((sample) => Math.abs(sample) > 0.2));
  });
});
