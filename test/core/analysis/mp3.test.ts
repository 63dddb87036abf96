import { describe, expect, it } from "vitest";
import { packagedWasm } from "../../../scripts/packaged-wasm";
import { createMpegFramer } from "../../../src/analysis/decode/mpeg-framer";
import { parseMpegHeader } from "../../../src/lib/audio/mpeg-header";
import { leadingTagBytes } from "../../../src/lib/audio/tags";
import committedWasm from "../../../src/analysis/decode/mpg123.wasm?url&inline";
import monoUrl from "../../fixtures/audio/one-voice-mono.mp3?inline";
import stereoUrl from "../../fixtures/audio/two-party-call.mp3?inline";
import { bytesOf, decodeAll, randomFrom } from "./recordings";

const mono = bytesOf(monoUrl);
const stereo = bytesOf(stereoUrl).subarray(0, 40_000);

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function id3(bodyBytes: number, flags = 0): Uint8Array {
  const size = [0, (bodyBytes >> 14) & 127, (bodyBytes >> 7) & 127, bodyBytes & 127];
  const body = new Uint8Array(bodyBytes).fill(0xff); // full of sync words
  const footer = (flags & 0x10) === 0 ? [] : [...ascii("3DI"), 4, 0, flags, ...size];
  return joined(ascii("ID3"), Uint8Array.from([4, 0, flags, ...size]), body, Uint8Array.from(footer));
}

function id3v1(mark = "TAG", length = 128): Uint8Array {
  return joined(ascii(mark), new Uint8Array(length - mark.length).fill(0x20));
}

/** APEv2: fields, with the same mark of 32 bytes before or behind them, or both. Its size leaves out the header. */
function ape(...marks: ("header" | "footer")[]): Uint8Array {
  const value = new Uint8Array(5000).fill(0x7e);
  const field = joined(uint32(value.length), uint32(0), ascii("Cover Art (Front)\0"), value);
  const flags = marks.includes("header") ? 0x8000_0000 : 0;
  const mark = (own: number) =>
    joined(ascii("APETAGEX"), uint32(2000), uint32(field.length + 32), uint32(1), uint32(own), new Uint8Array(8));
  const header = marks.includes("header") ? mark(flags + 0x2000_0000) : new Uint8Array(0);
  return joined(header, field, mark(flags));
}

function lyrics(end: string): Uint8Array {
  return joined(ascii("LYRICSBEGIN"), ascii("LYR03995"), new Uint8Array(3992).fill(0x61), ascii(end));
}

/** The same frames without their bitrate: decoding needs nothing of it but the frame's length. */
function inFreeFormat(file: Uint8Array): Uint8Array {
  const free = file.slice();
  for (let at = leadingTagBytes(file); at + 4 <= file.length;) {
    const bytes = parseMpegHeader(file, at)?.frameBytes ?? null;
    if (bytes === null) throw new Error(`no frame at ${at}`);
    free[at + 2] = file[at + 2]! & 0x0f;
    at += bytes;
  }
  return free;
}

function uint32(value: number): Uint8Array {
  return Uint8Array.from([0, 8, 16, 24], (shift) => (value >>> shift) & 255);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

describe("the MP3 decoder", () => {
  it("is the module of the locked package, byte for byte", async () => {
    expect(bytesOf(committedWasm)).toEqual(await packagedWasm());
  });

  it("gives one channel for a mono file, of the length that went in", async () => {
    const { result, channels } = await decodeAll(mono);
    expect(result).toEqual({
      ok: true,
      value: {
        format: { container: "mp3", codec: "mp3", sampleRate: 8000, channels: 1 },
        durationSeconds: 5,
        warnings: [],
      },
    });
    expect(channels.map((samples) => samples.length)).toEqual([40_000]);
  });

  it("gives two different channels for a stereo file", async () => {
    const { result, channels } = await decodeAll(stereo);
    expect(result).toMatchObject({ ok: true, value: { format: { channels: 2 } } });
    expect(channels).toHaveLength(2);
    expect(channels[0]).not.toEqual(channels[1]);
  });

  it.each([1, 13, 417, 5000])("gives the same samples from pieces of %i bytes", async (size) => {
    const damaged = joined(id3(300), mono.subarray(0, 4000), new Uint8Array(700).fill(0xff), mono.subarray(4300));
    expect(await decodeAll(damaged, size)).toEqual(await decodeAll(damaged));
  });

  it("passes over tags, however long, at the start, in the middle and at the end", async () => {
    const plain = await decodeAll(mono);
    const tagged = await decodeAll(joined(id3(90_000), id3(5), mono, id3v1()), 1000);
    expect(tagged).toEqual(plain);
  });

  it.each([
    ["an APEv2 before the sound", joined(ape("header", "footer"), mono)],
    ["an APEv2 behind the sound, with header and footer", joined(mono, ape("header", "footer"))],
    ["an APEv2 behind the sound, marked by its footer alone", joined(mono, ape("footer"))],
    ["an APEv2 and an ID3v1 behind the sound", joined(mono, ape("header", "footer"), id3v1())],
    ["a Lyrics3 v1 and an ID3v1", joined(mono, lyrics("LYRICSEND"), id3v1())],
    ["a Lyrics3 v2 and an ID3v1", joined(mono, lyrics("004011LYRICS200"), id3v1())],
    ["an enhanced ID3v1 before the plain one", joined(mono, id3v1("TAG+", 227), id3v1())],
    ["an ID3v2 with a footer", joined(id3(400, 0x10), mono)],
    ["an ID3v2 with zeros behind it that it does not count", joined(id3(400), new Uint8Array(6000), mono)],
    ["several ID3v2, one of them at the end", joined(id3(300), id3(20_000), mono, id3(3000, 0x10))],
  ])("takes %s for no damage", async (_name, file) => {
    const plain = await decodeAll(mono);
    expect(await decodeAll(file)).toEqual(plain);
    expect(await decodeAll(file, 997)).toEqual(plain);
  });

  it("takes zeros in the middle of the sound for damage", async () => {
    const { result } = await decodeAll(joined(mono.subarray(0, 6000), new Uint8Array(6000), mono.subarray(6000)));
    expect(result).toMatchObject({ ok: true, value: { warnings: ["damaged"] } });
  });

  it("calls free format by its name: its headers hold no bitrate, but nothing is wrong with it", async () => {
    const error = { kind: "unsupported_format", detail: "MP3 in free format" };
    for (const file of [inFreeFormat(mono), inFreeFormat(stereo), joined(id3(90), inFreeFormat(mono), id3v1())]) {
      expect((await decodeAll(file)).result).toEqual({ ok: false, error });
      expect((await decodeAll(file, 997)).result).toEqual({ ok: false, error });
    }
  });

  it("cuts free format into its frames", () => {
    const framer = createMpegFramer();
    let taken = 0;
    const sink = (frames: Uint8Array) => {
      taken += frames.length;
    };
    const file = inFreeFormat(stereo.subarray(0, 20 + 60 * 576));
    framer.push(joined(file, ape("footer")), sink);
    framer.end(sink);
    expect([taken, framer.longestFrameBytes(), framer.skippedBytes()]).toEqual([60 * 576, 576, 0]);
  });

  it("does not look for free format for ever in noise that is full of its headers", async () => {
    const random = randomFrom(5);
    const noise = new Uint8Array(200_000);
    for (let at = 0; at < noise.length - 4; at += 4 + Math.floor(20 + 20 * random())) noise.set([0xff, 0xfb, 0, 0], at);
    const { result } = await decodeAll(noise, 16_384, 60, "audio/mpeg");
    expect(result.ok && result.value.durationSeconds > 5).toBe(false);
  });

  it("resynchronises after garbage between frames, and warns of it", async () => {
    const random = randomFrom(3);
    const garbage = Uint8Array.from({ length: 9000 }, () => Math.floor(128 + 128 * random()));
    const { result, channels } = await decodeAll(joined(mono.subarray(0, 6000), garbage, mono.subarray(6000)));
    expect(result).toMatchObject({ ok: true, value: { warnings: ["damaged"] } });
    expect(channels[0]!.length / 8000).toBeGreaterThan(4.5);
    expect(channels[0]!.length / 8000).toBeLessThan(5.1);
  });

  it("reads recordings that were joined end to end", async () => {
    const { result } = await decodeAll(joined(mono, mono, mono));
    expect(result.ok && result.value.durationSeconds).toBeGreaterThan(14.5);
    expect(result.ok && result.value.durationSeconds).toBeLessThan(15.8);
  });

  it("takes a file cut in the middle of a frame", async () => {
    const { result } = await decodeAll(mono.subarray(0, 7_777));
    expect(result).toMatchObject({ ok: true, value: { warnings: [] } });
  });

  it("takes a file that starts in the middle of a frame", async () => {
    const { result } = await decodeAll(mono.subarray(1500));
    expect(result).toMatchObject({ ok: true, value: { format: { codec: "mp3" }, warnings: [] } });
  });

  it("believes the media type where the content says nothing, and then wants frames", async () => {
    const late = joined(new Uint8Array(5000).fill(0x81), mono);
    expect((await decodeAll(late)).result).toMatchObject({ ok: false, error: { kind: "unsupported_format" } });
    expect((await decodeAll(late, 999, 60, "audio/mpeg")).result.ok).toBe(true);
    const noise = new Uint8Array(5000).fill(0x55);
    expect((await decodeAll(noise, 999, 60, "audio/mpeg")).result).toMatchObject({
      ok: false,
      error: { kind: "corrupt" },
    });
  });

  it("stops at the limit", async () => {
    expect((await decodeAll(mono, 500, 2)).result).toEqual({ ok: false, error: { kind: "too_long", limitSeconds: 2 } });
  });

  it("cuts nothing but whole frames, whatever the bytes", () => {
    const random = randomFrom(11);
    for (let round = 0; round < 300; round++) {
      const bytes = mono.slice(0, 3000);
      for (let i = 0; i < 40; i++) bytes[Math.floor(1500 + 1500 * random())] = Math.floor(128 + 128 * random());
      const framer = createMpegFramer();
      let taken = 0;
      const sink = (frames: Uint8Array) => {
        expect(frames[0]).toBe(0xff);
        taken += frames.length;
      };
      framer.push(bytes, sink);
      framer.end(sink);
      expect(taken + framer.skippedBytes()).toBeLessThanOrEqual(bytes.length);
    }
  });
});
