import { describe, expect, it } from "vitest";
import { describePage } from "../../../src/recordings/error-page";
import { extensionOf, sniff } from "../../../src/lib/audio/sniff";

const text = (value: string) => new TextEncoder().encode(value);
const bytes = (...values: (number | string)[]) =>
  Uint8Array.from(
    values.flatMap((value) => (typeof value === "number" ? [value] : Array.from(value, (one) => one.charCodeAt(0)))),
  );

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame. */
function mp3(frames: number, before: number[] = []): Uint8Array {
  const file = new Uint8Array(before.length + frames * 417);
  file.set(before);
  for (let frame = 0; frame < frames; frame += 1) file.set([0xff, 0xfb, 0x90, 0x00], before.length + frame * 417);
  return file;
}

describe("audio by its first bytes", () => {
  it.each<[string, Uint8Array, string, string]>([
    ["WAV", bytes("RIFF", 0, 0, 0, 0, "WAVEfmt "), "audio/wav", "wav"],
    ["RF64", bytes("RF64", 255, 255, 255, 255, "WAVEds64"), "audio/wav", "wav"],
    ["MP3 with a tag", bytes("ID3", 4, 0, 0, 0, 0, 0, 10), "audio/mpeg", "mp3"],
    ["MP3", mp3(3), "audio/mpeg", "mp3"],
    ["MP3, one frame only", mp3(1).subarray(0, 40), "audio/mpeg", "mp3"],
    ["MP3 cut in the middle of a frame", mp3(3, [0x10, 0x81, 0xff, 0xfb, 0x07]), "audio/mpeg", "mp3"],
    ["MPEG-2.5 layer III at 8 kHz", bytes(0xff, 0xe3, 0x18, 0xc4, 0, 0, 0, 0), "audio/mpeg", "mp3"],
    ["MPEG layer II", bytes(0xff, 0xfd, 0x84, 0x04, 0, 0, 0, 0), "audio/mpeg", "mp3"],
    ["Ogg", bytes("OggS", 0, 2), "audio/ogg", "ogg"],
    ["FLAC", bytes("fLaC", 0, 0), "audio/flac", "flac"],
    ["M4A", bytes(0, 0, 0, 0x20, "ftypM4A "), "audio/mp4", "m4a"],
    ["MP4", bytes(0, 0, 0, 0x20, "ftypisom"), "video/mp4", "mp4"],
    ["WebM", bytes(0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, "webm"), "audio/webm", "webm"],
    ["Matroska", bytes(0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x88, "matroska"), "audio/x-matroska", "mka"],
    ["AMR", bytes("#!AMR\n", 0x3c), "audio/amr", "amr"],
    ["AMR-WB", bytes("#!AMR-WB\n", 4), "audio/amr-wb", "awb"],
    ["AIFF", bytes("FORM", 0, 0, 0, 9, "AIFF"), "audio/aiff", "aiff"],
    ["AIFF-C", bytes("FORM", 0, 0, 0, 9, "AIFC"), "audio/aiff", "aiff"],
    ["AU", bytes(".snd", 0, 0, 0, 24), "audio/basic", "au"],
    ["CAF", bytes("caff", 0, 1), "audio/x-caf", "caf"],
    ["AAC", bytes(0xff, 0xf1, 0x50, 0x80, 0x02, 0x9f, 0xfc, 0, 0), "audio/aac", "aac"],
    ["GSM", new Uint8Array(33 * 20).map((_, at) => (at % 33 === 0 ? 0xd4 : at)), "audio/gsm", "gsm"],
    ["WMA", bytes(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6), "audio/x-ms-wma", "wma"],
  ])("%s", (_name, head, mediaType, extension) => {
    const found = sniff(head);
    expect(found).toMatchObject({ kind: "audio", mediaType });
    expect(extensionOf(mediaType)).toBe(extension);
  });

  it("knows where the sound of a WAV begins, whatever sizes it declares", () => {
    const plain = bytes("RIFF", 36, 0, 0, 0, "WAVEfmt ", 16, 0, 0, 0, "0123456789abcdef", "data", 0, 0, 0, 0);
    expect(plain).toHaveLength(44);
    expect(sniff(plain)).toMatchObject({ headerBytes: 44 });
    const listed = bytes(...plain.subarray(0, 36), "LIST", 3, 0, 0, 0, "abc", 0, "data", 0, 0, 0, 0, 1, 2);
    expect(sniff(listed)).toMatchObject({ headerBytes: 56 });
  });
});

describe("what is served in place of audio", () => {
  it.each<[string, Uint8Array, string]>([
    [
      "S3 error",
      text('<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code><Message>Not there</Message></Error>'),
      'an XML page ("NoSuchKey Not there")',
    ],
    [
      "HTML",
      text("<!DOCTYPE html><html><head><style>p{}</style><title>Log in</title></head></html>"),
      'an HTML page ("Log in")',
    ],
    [
      "HTML in Latin-1",
      bytes("<html><body>Grabaci", 0xf3, "n no encontrada</body></html>"),
      'an HTML page ("Grabaci\uFFFDn no encontrada")',
    ],
    ["JSON", text('{"error":"not ready"}'), 'JSON ("{"error":"not ready"}")'],
    ["text", text("File not found.\n"), 'text ("File not found.")'],
    ["text in UTF-16", bytes(0xff, 0xfe, "N", 0, "o", 0), 'text ("No")'],
  ])("%s", (_name, head, description) => {
    const found = sniff(head);
    expect(found.kind).toBe("page");
    expect(found.kind === "page" && describePage(found.text)).toBe(description);
  });

  it("keeps tokens and long pages out of the excerpt", () => {
    expect(describePage('{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"}')).toBe(
      'JSON ("{"token":"…"}")',
    );
    expect(describePage("word ".repeat(200)).length).toBeLessThan(160);
  });

  it.each<[string, Uint8Array]>([
    ["JPEG", bytes(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF", 0)],
    ["PNG", bytes(0x89, "PNG\r\n", 0x1a, "\n", 0, 0)],
    ["zeros", new Uint8Array(5000)],
    ["all ones", new Uint8Array(5000).fill(0xff)],
    ["nothing", new Uint8Array(0)],
  ])("%s is not taken for audio", (_name, head) => {
    expect(sniff(head)).toEqual({ kind: "unknown" });
  });

  it.each<[string, Uint8Array]>([
    ["ZIP", bytes("PK", 3, 4, 20, 0)],
    ["RIFF without WAVE", bytes("RIFF", 0, 0, 0, 0, "AVI LIST", 0)],
    ["gzip", bytes(0x1f, 0x8b, 8, 0)],
  ])("%s is called by its name", (name, head) => {
    expect(sniff(head)).toEqual({ kind: "other", name });
  });
});

describe("audio behind tags", () => {
  const id3 = (size: number, flags = 0) => [
    ...bytes("ID3", 4, 0, flags, 0, 0, size >> 7, size & 127),
    ...new Uint8Array(size + (flags & 0x10 ? 10 : 0)),
  ];
  const ape = [
    ...bytes("APETAGEX", 0xd0, 7, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xa0),
    ...new Uint8Array(8 + 8),
    ...bytes("APETAGEX", 0xd0, 7, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80),
    ...new Uint8Array(8),
  ];

  it.each<[string, number[], Uint8Array, string]>([
    ["two ID3v2", [...id3(300), ...id3(5)], mp3(3), "audio/mpeg"],
    ["an ID3v2 with a footer", id3(20, 0x10), mp3(3), "audio/mpeg"],
    ["an APEv2", ape, mp3(3), "audio/mpeg"],
    ["an ID3v2 before FLAC", id3(20), bytes("fLaC", 0, 0, 0, 34), "audio/flac"],
  ])("%s is passed over", (_name, tags, rest, mediaType) => {
    expect(sniff(Uint8Array.from([...tags, ...rest]))).toMatchObject({
      kind: "audio",
      mediaType,
      headerBytes: tags.length,
    });
  });

  it("is MP3 in free format too, whose headers name no bitrate", () => {
    const file = new Uint8Array(3 * 500);
    for (let frame = 0; frame < 3; frame += 1) file.set([0xff, 0xfb, 0x00, 0x00], frame * 500);
    expect(sniff(file)).toMatchObject({ kind: "audio", mediaType: "audio/mpeg" });
    expect(sniff(file.subarray(0, 900))).toEqual({ kind: "unknown" });
  });
});
