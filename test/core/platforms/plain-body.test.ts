import { expect, it } from "vitest";
import { plainBodyOf } from "../../../src/platforms";

const CAP = 10_000;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

async function compressed(body: Uint8Array<ArrayBuffer>, format: "gzip" | "deflate"): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function textOf(body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<string> {
  const plain = await plainBodyOf(body, new Headers(headers), CAP);
  return plain.ok ? new TextDecoder().decode(plain.value) : `${plain.error.status} ${plain.error.reason}`;
}

const JSON_TEXT = '{"operator":"José"}';

it.each(["gzip", "deflate"] as const)("inflates %s, whatever the case of its name", async (format) => {
  const body = await compressed(bytesOf(JSON_TEXT), format);
  expect(await textOf(body, { "content-encoding": format })).toBe(JSON_TEXT);
  expect(await textOf(body, { "content-encoding": ` ${format.toUpperCase()}, identity` })).toBe(JSON_TEXT);
});

it("refuses what swells beyond the cap, what is none of its encoding, and encodings it does not know", async () => {
  const bomb = await compressed(new Uint8Array(50_000_000), "gzip");
  expect(await textOf(bomb, { "content-encoding": "gzip" })).toBe("413 body_too_large");
  expect(await textOf(bytesOf(JSON_TEXT), { "content-encoding": "gzip" })).toBe("400 broken_encoding");
  expect(await textOf(bytesOf(JSON_TEXT), { "content-encoding": "zstd" })).toBe("415 unsupported_encoding");
});

it.each([
  ["application/json; charset=iso-8859-1", Array.from(JSON_TEXT).map((sign) => sign.charCodeAt(0))],
  ['application/json; charset="Windows-1252"', Array.from(JSON_TEXT).map((sign) => sign.charCodeAt(0))],
  ["application/json; charset=UTF-16", Array.from(JSON_TEXT).flatMap((sign) => [sign.charCodeAt(0), 0])],
  ["application/json", [0xff, 0xfe, ...Array.from(JSON_TEXT).flatMap((sign) => [sign.charCodeAt(0), 0])]],
  [
    "application/json; charset=utf-8",
    [0xfe, 0xff, ...Array.from(JSON_TEXT).flatMap((sign) => [0, sign.charCodeAt(0)])],
  ],
  ["application/json; charset=utf-8", [...bytesOf(JSON_TEXT)]],
])("reads %s as it is declared or marked", async (type, bytes) => {
  expect(await textOf(new Uint8Array(bytes), { "content-type": type })).toBe(JSON_TEXT);
});

it("refuses a charset of no known name by that name", async () => {
  expect(await textOf(bytesOf("{}"), { "content-type": "application/json; charset=klingon" })).toBe(
    "415 unsupported_charset",
  );
});

it("leaves audio and forms of several parts as they are", async () => {
  for (const type of ["audio/wav; charset=utf-16", "multipart/form-data; boundary=x; charset=utf-16"])
    expect(await textOf(bytesOf(JSON_TEXT), { "content-type": type })).toBe(JSON_TEXT);
});
