import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bundledDecoder } from "./decoding/bundle.ts";
import { hear, snr } from "./decoding/compare.ts";
import type { Decode } from "./decoding/decoder.ts";
import { openNative } from "./decoding/native.ts";

// Recordings of every format, made by Debian's ffmpeg from synthetic sound and decoded by it and by the Worker's module:
// within 0.1 s and 60 dB of each other, or refused by name.

const LEFT = "0.5*sin(2*PI*(180+60*t)*t)*abs(sin(4*PI*t))+0.1*sin(2*PI*1400*t)";
const RIGHT = "0.4*sin(2*PI*(300-40*t)*t)*abs(cos(3*PI*t))+0.1*sin(2*PI*900*t)";
const SECONDS = 2;

function sound(rate: number, channels: readonly string[], seconds = SECONDS): string[] {
  return ["-f", "lavfi", "-i", `aevalsrc=${channels.join("|")}:s=${rate}:d=${seconds}`];
}

type Case = [name: string, extension: string, rate: number, channels: readonly string[], encode: readonly string[]];
const both = [LEFT, RIGHT];
const six = [LEFT, RIGHT, LEFT, RIGHT, LEFT, RIGHT];
const codec = (name: string, ...more: string[]) => ["-c:a", name, ...more];

const CASES: Case[] = [
  ["8-bit PCM", "wav", 8000, both, codec("pcm_u8")],
  ["16-bit PCM, six channels", "wav", 48000, six, codec("pcm_s16le")],
  ["24-bit PCM", "wav", 48000, both, codec("pcm_s24le")],
  ["32-bit PCM", "wav", 16000, both, codec("pcm_s32le")],
  ["32-bit floats", "wav", 48000, both, codec("pcm_f32le")],
  ["64-bit floats", "wav", 8000, [LEFT], codec("pcm_f64le")],
  ["µ-law", "wav", 8000, both, codec("pcm_mulaw")],
  ["A-law", "wav", 8000, both, codec("pcm_alaw")],
  ["RF64", "wav", 8000, both, codec("pcm_s16le", "-rf64", "always")],
  ["GSM 6.10 in WAV", "wav", 8000, [LEFT], codec("libgsm_ms")],
  ["IMA ADPCM in WAV", "wav", 8000, both, codec("adpcm_ima_wav")],
  ["Microsoft ADPCM in WAV", "wav", 8000, both, codec("adpcm_ms")],
  ["G.722 in WAV", "wav", 16000, [LEFT], codec("g722")],
  ["G.726 in WAV", "wav", 8000, [LEFT], codec("g726", "-b:a", "32k")],
  ["MP3 in WAV", "wav", 8000, [LEFT], codec("libmp3lame")],
  ["GSM of Asterisk", "gsm", 8000, [LEFT], codec("libgsm")],
  ["MP3 at 8 kHz", "mp3", 8000, both, codec("libmp3lame", "-b:a", "24k")],
  ["MP3 at 44.1 kHz", "mp3", 44100, both, codec("libmp3lame", "-b:a", "64k")],
  ["MP3, mono", "mp3", 16000, [LEFT], codec("libmp3lame", "-b:a", "32k")],
  ["AAC in M4A", "m4a", 44100, both, codec("aac", "-b:a", "64k")],
  ["AAC in M4A, index first", "m4a", 16000, [LEFT], codec("aac", "-movflags", "+faststart")],
  ["AAC in MP4 with fragments", "mp4", 44100, both, codec("aac", "-movflags", "+frag_keyframe+empty_moov")],
  ["AAC, six channels", "m4a", 48000, six, codec("aac", "-b:a", "192k")],
  ["AAC in 3GP", "3gp", 8000, [LEFT], codec("aac")],
  ["AAC in ADTS", "aac", 44100, both, codec("aac", "-b:a", "64k")],
  ["ALAC in M4A", "m4a", 16000, both, codec("alac")],
  ["Opus in Ogg", "ogg", 48000, both, codec("libopus", "-b:a", "32k")],
  ["Opus in Ogg, mono from 8 kHz", "opus", 8000, [LEFT], codec("libopus", "-b:a", "16k")],
  ["Opus in WebM", "webm", 48000, both, codec("libopus", "-b:a", "32k")],
  ["Opus in Matroska", "mka", 48000, [LEFT], codec("libopus", "-b:a", "32k")],
  ["Vorbis in Ogg", "ogg", 44100, both, codec("libvorbis")],
  ["Vorbis in WebM", "webm", 44100, both, codec("libvorbis")],
  ["Speex at 8 kHz", "ogg", 8000, [LEFT], codec("libspeex")],
  ["Speex at 16 kHz", "ogg", 16000, [LEFT], codec("libspeex")],
  ["FLAC", "flac", 8000, both, codec("flac")],
  ["FLAC, 24 bits", "flac", 48000, both, codec("flac", "-sample_fmt", "s32")],
  ["FLAC, six channels", "flac", 48000, six, codec("flac")],
  ["FLAC in Ogg", "ogg", 16000, both, codec("flac")],
  ["AIFF", "aiff", 44100, both, codec("pcm_s16be")],
  ["AU, µ-law", "au", 8000, both, codec("pcm_mulaw")],
  ["CAF, A-law", "caf", 8000, both, codec("pcm_alaw")],
  ["WMA", "wma", 44100, both, codec("wmav2")],
  ["one channel dead", "m4a", 8000, [LEFT, "0"], codec("aac")],
  ["both channels the same", "ogg", 48000, [LEFT, LEFT], codec("libopus")],
  ["silence", "m4a", 8000, ["0", "0"], codec("aac")],
];

const native = openNative();
let decode: Decode;
before(async () => {
  decode = await bundledDecoder();
});
after(() => native.close());

async function assertSame(file: string, channels: number, least = 60): Promise<void> {
  const reference = native.decode(file, channels);
  const { outcome, format, channels: found } = await hear(decode, native.read(file));
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.deepEqual(outcome.value.warnings, []);
  assert.equal(found.length, channels);
  const apart = Math.abs(found[0]!.length - reference[0]!.length) / format!.sampleRate;
  assert.ok(apart <= 0.1, `${apart} s apart`);
  const decibels = snr(reference, found);
  assert.ok(decibels >= least, `${decibels} dB`);
}

describe("time is the recording's own", () => {
  const voice = (seconds = SECONDS): string =>
    native.make("wav", [...sound(16000, both, seconds), ...codec("pcm_s16le")]);
  const rms = (samples: Float32Array, from: number, to: number): number => {
    const part = samples.subarray(from, to);
    return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
  };

  test("an edit list that delays the sound is silence before it", async () => {
    const plain = native.make("m4a", ["-i", voice(), ...codec("aac")]);
    const late = native.make("mp4", ["-itsoffset", "1.5", "-i", plain, ...codec("copy")]);
    const { outcome, channels } = await hear(decode, native.read(late));
    assert.ok(outcome.ok);
    assert.ok(Math.abs(outcome.value.durationSeconds - 3.5) < 0.1, `${outcome.value.durationSeconds} s`);
    assert.equal(rms(channels[0]!, 0, 16000), 0);
    assert.ok(rms(channels[0]!, 28000, 52000) > 0.1);
  });

  test("an edit list that cuts the sound cuts it here", async () => {
    const plain = native.make("m4a", ["-i", voice(4), ...codec("aac")]);
    const cut = native.make("m4a", ["-ss", "1", "-i", plain, "-t", "2", ...codec("copy")]);
    const { outcome } = await hear(decode, native.read(cut));
    assert.ok(outcome.ok);
    assert.ok(Math.abs(outcome.value.durationSeconds - 2) < 0.1, `${outcome.value.durationSeconds} s`);
  });

  test("a pause in the clock of WebM is silence", async () => {
    const gap = ["-af", "asetpts='PTS+if(gte(T,1),2/TB,0)'"];
    const paused = native.make("webm", ["-i", voice(), ...gap, ...codec("libvorbis")]);
    const { outcome } = await hear(decode, native.read(paused));
    assert.ok(outcome.ok);
    assert.ok(Math.abs(outcome.value.durationSeconds - 4) < 0.1, `${outcome.value.durationSeconds} s`);
  });
});

describe("what is not as it should be", () => {
  test("files that were cut say so, and have what is left", async () => {
    const whole = native.make("wav", [...sound(16000, both, 20), ...codec("pcm_s16le")]);
    for (const [extension, encode] of [
      ["ogg", codec("libopus")],
      ["ogg", codec("libvorbis")],
      ["webm", codec("libopus")],
      ["flac", codec("flac")],
      ["aac", codec("aac")],
    ] as const) {
      const bytes = native.read(native.make(extension, ["-i", whole, ...encode]));
      const { outcome } = await hear(decode, bytes.subarray(0, Math.floor(bytes.length / 2)));
      assert.ok(outcome.ok, `${extension}: ${JSON.stringify(outcome)}`);
      assert.deepEqual(outcome.value.warnings, ["truncated"], extension);
      assert.ok(outcome.value.durationSeconds > 5 && outcome.value.durationSeconds < 15, extension);
    }
  });

  test("an MP4 whose index is missing, a codec that is not built and a film without sound fail by name", async () => {
    const whole = native.read(native.make("m4a", [...sound(16000, both), ...codec("aac")]));
    const cut = await hear(decode, whole.subarray(0, whole.length - 1500));
    assert.deepEqual(cut.outcome, {
      ok: false,
      error: { kind: "corrupt", detail: "MP4/M4A: its header cannot be read" },
    });
    const other = await hear(decode, native.read(native.make("mka", [...sound(48000, both), ...codec("ac3")])));
    assert.deepEqual(other.outcome, {
      ok: false,
      error: { kind: "unsupported_format", detail: "WebM/Matroska with ac3" },
    });
    const film = native.make("mp4", ["-f", "lavfi", "-i", "color=s=16x16:d=1", "-c:v", "mpeg4"]);
    assert.deepEqual((await hear(decode, native.read(film))).outcome, {
      ok: false,
      error: { kind: "unsupported_format", detail: "MP4/M4A without a sound track" },
    });
  });

  test("of several sound tracks the main one is heard, and the others are mentioned", async () => {
    const two = [...sound(16000, [LEFT]), ...sound(16000, [RIGHT]), "-map", "0", "-map", "1"];
    const { outcome } = await hear(decode, native.read(native.make("mka", [...two, ...codec("flac")])));
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.value.warnings, ["more_tracks"]);
  });

  test("a file has the format of its content, whatever it is called", async () => {
    await assertSame(native.make("m4a", [...sound(48000, both), ...codec("libopus"), "-f", "ogg"]), 2);
  });
});

describe("what the module decodes is what ffmpeg decodes", () => {
  for (const [name, extension, rate, channels, encode] of CASES) {
    test(name, async () => {
      await assertSame(native.make(extension, [...sound(rate, channels), ...encode]), channels.length);
    });
  }
});
