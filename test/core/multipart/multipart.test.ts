import { describe, expect, it } from "vitest";
import { boundaryOf, readMultipart, type MultipartLimits } from "../../../src/lib/multipart";

const BOUNDARY = "----Boundary7MA4";

type Read = { name: string; fileName: string | null; contentType: string | null; text: string };

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A stream that gives these pieces and then ends, or breaks. */
function streamOf(pieces: readonly Uint8Array[], breaks = false): ReadableStream<Uint8Array> {
  const left = pieces.filter((piece) => piece.length > 0);
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (breaks) controller.error(new Error("connection lost"));
      else controller.close();
    },
  });
}

async function readAll(stream: ReadableStream<Uint8Array>, limits?: MultipartLimits, boundary = BOUNDARY) {
  const reader = readMultipart(stream, boundary, limits);
  const parts: Read[] = [];
  for (;;) {
    const part = await reader.next();
    if (!part.ok) return part.error.kind;
    if (!part.value) return parts;
    const { name, fileName, contentType } = part.value;
    let binary = "";
    for (;;) {
      const piece = await part.value.read();
      if (!piece.ok) return piece.error.kind;
      if (!piece.value) break;
      for (const byte of piece.value) binary += String.fromCharCode(byte);
    }
    parts.push({ name, fileName, contentType, text: binary });
  }
}

const read = (text: string, limits?: MultipartLimits) => readAll(streamOf([bytesOf(text)]), limits);

const form = (...parts: string[]) =>
  `${parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join("")}--${BOUNDARY}--\r\n`;
const field = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const head = (disposition: string) => `Content-Disposition: ${disposition}\r\n\r\nx`;

// Everything that looks almost like a boundary, inside the data.
const ALMOST = [
  `\r\n--${BOUNDARY}x`,
  `\r\n--${BOUNDARY}-x`,
  `--${BOUNDARY}`,
  `\r\n--${BOUNDARY} \tx`,
  "\r\n--",
  "\r\r\n",
  "\r",
];
const FILE = `Content-Type: audio/wav\r\nContent-Disposition: form-data; name="file"; filename="a b.wav"\r\n\r\nRIFF${ALMOST.join("|")}|end`;
const WHOLE = `before\r\n${form(field("campaign_id", "1"), FILE, field("empty", ""))}after`;
const EXPECTED: Read[] = [
  { name: "campaign_id", fileName: null, contentType: null, text: "1" },
  { name: "file", fileName: "a b.wav", contentType: "audio/wav", text: `RIFF${ALMOST.join("|")}|end` },
  { name: "empty", fileName: null, contentType: null, text: "" },
];

describe("a form with files", () => {
  it("is the same however its bytes are cut in two", async () => {
    const bytes = bytesOf(WHOLE);
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect(await readAll(streamOf([bytes.subarray(0, cut), bytes.subarray(cut)])), `cut at ${cut}`).toEqual(EXPECTED);
  });

  it("is the same in pieces of any one size", async () => {
    const bytes = bytesOf(WHOLE);
    for (let size = 1; size <= 100; size += 1) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      expect(await readAll(streamOf(pieces)), `pieces of ${size}`).toEqual(EXPECTED);
    }
  });

  it("is cut short at every place before its last boundary is whole, and when the connection breaks there", async () => {
    const bytes = bytesOf(WHOLE);
    const last = WHOLE.lastIndexOf(`--${BOUNDARY}--`) + BOUNDARY.length + 4;
    for (let cut = 0; cut < last; cut += 1) {
      expect(await readAll(streamOf([bytes.subarray(0, cut)])), `cut at ${cut}`).toBe("cut_short");
      expect(await readAll(streamOf([bytes.subarray(0, cut)], true)), `broken at ${cut}`).toBe("cut_short");
    }
    expect(await readAll(streamOf([bytes.subarray(0, last)]))).toEqual(EXPECTED);
  });

  it("keeps every byte of binary data", async () => {
    let seed = 7;
    const noise = Uint8Array.from({ length: 20_000 }, () =>
      (seed = (seed * 48_271) % 2_147_483_647) % 4 === 0 ? 13 : seed % 256,
    );
    const text = Array.from(noise, (byte) => String.fromCharCode(byte)).join("");
    const pieces = [
      bytesOf(`--${BOUNDARY}\r\n${head('form-data; name="f"').slice(0, -1)}`),
      noise.subarray(0, 7_001),
      noise.subarray(7_001),
      bytesOf(`\r\n--${BOUNDARY}--`),
    ];
    expect(await readAll(streamOf(pieces))).toEqual([{ name: "f", fileName: null, contentType: null, text }]);
  });

  it("skips unread bytes of a part, and reads nothing of a skipped one", async () => {
    const reader = readMultipart(streamOf([bytesOf(WHOLE)]), BOUNDARY);
    const first = await reader.next();
    const second = await reader.next();
    expect(first.ok && first.value?.name).toBe("campaign_id");
    expect(second.ok && second.value?.name).toBe("file");
    expect(first.ok && (await first.value?.read())).toEqual({ ok: true, value: undefined });
    const third = await reader.next();
    expect(third.ok && third.value?.name).toBe("empty");
    expect(await reader.next()).toEqual({ ok: true, value: undefined });
    expect(await reader.next()).toEqual({ ok: true, value: undefined });
  });

  it("may have no parts, blanks after a boundary, and nothing after the last one", async () => {
    expect(await read(`--${BOUNDARY}--`)).toEqual([]);
    expect(await read(`--${BOUNDARY} \t\r\n${field("a", "1")}\r\n--${BOUNDARY}--`)).toMatchObject([{ text: "1" }]);
  });

  it.each([
    ['form-data; name="file"; filename="caf\u00e9 \u4f60.wav"', "caf\u00e9 \u4f60.wav"],
    ['form-data; name="file"; filename="a\\"b\\\\c.wav"', 'a"b\\c.wav'],
    ['form-data; name="file"; filename="a%22b.wav"', 'a"b.wav'],
    ['form-data; name="file"; filename="C:\\calls\\a.wav"', "C:\\calls\\a.wav"],
    ['form-data; name="file"; filename="a;b=c.wav"', "a;b=c.wav"],
    ["form-data;name=file;filename=plain.wav", "plain.wav"],
    ['FORM-DATA; NAME="file"; FileName="x.wav"', "x.wav"],
    [`form-data; name="file"; filename="a.wav"; filename*=UTF-8''na%C3%AFve.wav`, "na\u00efve.wav"],
    [`form-data; name="file"; filename="a.wav"; filename*=UTF-8''%E9`, "a.wav"],
    ['form-data; name="file"; filename=""', ""],
    ['form-data; name="file"', null],
    ['form-data; name="file"; filename="a.wav";', "a.wav"],
    ["form-data; name=file; filename=two words.wav", "two words.wav"],
    ["form-data; name=file; filename=\"=?utf-8?B?YQ==?=\"; filename*=utf-8''a%C3%B3.wav", "a\u00f3.wav"],
    ["form-data; name*=utf-8''file; filename*=utf-8''x.wav", "x.wav"],
    ['form-data; name="file"; filename*="UTF-8\'\'%E5%BD%95.wav"', "\u5f55.wav"],
    ['form-data; name="file"; \r\n filename="folded once.wav"', "folded once.wav"],
    ['form-data;\r\n\tname="file";\r\n \t filename="folded twice.wav"', "folded twice.wav"],
  ])("reads the file name of %s", async (disposition, fileName) => {
    expect(await read(form(head(disposition)))).toMatchObject([{ name: "file", fileName }]);
  });

  it("reads a folded content type, as JavaMail writes it", async () => {
    const folded = 'Content-Type: audio/wav; \r\n\tname="1 of 2.wav"\r\nContent-Transfer-Encoding: binary';
    const part = `${folded}\r\n${head('form-data; name="file"; filename="1 of 2.wav"')}`;
    expect(await read(form(part))).toEqual([
      { name: "file", fileName: "1 of 2.wav", contentType: 'audio/wav;  name="1 of 2.wav"', text: "x" },
    ]);
  });

  it.each([
    ["no headers", "\r\nx"],
    ["no disposition", "Content-Type: audio/wav\r\n\r\nx"],
    ["another disposition", head('attachment; name="file"')],
    ["no name", head('form-data; filename="a.wav"')],
    ["an open quote", head('form-data; name="file')],
    ["two names", head('form-data; name="a"; name="b"')],
    ["a fold before any header", ` X: y\r\n${head('form-data; name="a"')}`],
    ["a header that is none", `nonsense\r\n${head('form-data; name="a"')}`],
    ["two dispositions", `Content-Disposition: form-data; name="a"\r\n${head('form-data; name="b"')}`],
    ["base64", `Content-Transfer-Encoding: base64\r\n${head('form-data; name="a"')}`],
  ])("is malformed with %s", async (_, part) => {
    expect(await read(form(part))).toBe("malformed");
  });

  it("is held to its limits", async () => {
    const limits = { parts: 2, headBytes: 200, strayBytes: 50 };
    const two = form(field("a", "1"), field("b", "x".repeat(10_000)));
    expect(await read(two, limits)).toHaveLength(2);
    expect(await read(form(field("a", "1"), field("b", "2"), field("c", "3")), limits)).toBe("too_large");
    expect(await read(form(field("a".repeat(300), "1")), limits)).toBe("too_large");
    expect(await read(form(`X: ${"y".repeat(1_000_000)}`), limits)).toBe("too_large");
    expect(await read(`${"p".repeat(100)}\r\n${two}`, limits)).toBe("too_large");
    expect(await read(`${two}${"e".repeat(100)}`, limits)).toBe("too_large");
  });

  it("says the same problem again when asked again", async () => {
    const reader = readMultipart(streamOf([bytesOf("nonsense")]), BOUNDARY);
    expect(await reader.next()).toMatchObject({ ok: false, error: { kind: "cut_short" } });
    expect(await reader.next()).toMatchObject({ ok: false, error: { kind: "cut_short" } });
  });
});

describe("a form's boundary", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b:c"', "a b:c"],
    ["multipart/form-data;boundary=----WebKitFormBoundaryX ; x=y", "----WebKitFormBoundaryX"],
    [`multipart/form-data; boundary=${"a".repeat(70)}`, "a".repeat(70)],
  ])("is read from %s", (contentType, boundary) => expect(boundaryOf(contentType)).toBe(boundary));

  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="a "',
    "multipart/form-data; boundary=a@b",
    `multipart/form-data; boundary=${"a".repeat(71)}`,
    "multipart/mixed; boundary=abc",
    "application/json",
    "",
  ])("is not in %s", (contentType) => expect(boundaryOf(contentType)).toBeUndefined());
});
