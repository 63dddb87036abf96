import { expect, it } from "vitest";
import { plainBodyOf } from "../../../src/platforms";
import { readFormParts } from "../../../src/platforms/reading/form-parts";
import { bytesOfLatin1, decodeForm } from "../../../src/platforms/reading/text";

/** A form of these parts, a character for each byte. */
function formOf(...parts: [head: string, value: string][]): Uint8Array<ArrayBuffer> {
  const written = parts.map(([head, value]) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`);
  return bytesOfLatin1(`${written.join("")}--b--\r\n`);
}

async function fieldsOf(body: Uint8Array<ArrayBuffer>, type = "multipart/form-data; boundary=b") {
  const read = await readFormParts(body, type);
  return read.ok ? Object.fromEntries(read.value) : read.error.reason;
}

it("reads each field in the charset of its part, of the form, or in what it is", async () => {
  const utf8 = "G\u00c3\u00b3mez";
  expect(await fieldsOf(formOf(["name=a", utf8], ["name=b", "G\u00f3mez"], ['name="c"', "plain"]))).toEqual({
    a: "Gómez",
    b: "Gómez",
    c: "plain",
  });
  const polish = "name=a\r\nContent-Type: text/plain; charset=ISO-8859-2";
  expect(await fieldsOf(formOf([polish, "\u00a3ukasz"]))).toEqual({ a: "Łukasz" });
  expect(
    await fieldsOf(formOf(["name=a", "\u00a3ukasz"]), "multipart/form-data; charset=iso-8859-2; boundary=b"),
  ).toEqual({
    a: "Łukasz",
  });
  expect(await fieldsOf(formOf(["name=_charset_", "iso-8859-2"], ["name=a", "\u00a3ukasz"]))).toEqual({ a: "Łukasz" });
  expect(await fieldsOf(formOf(["name=a\r\nContent-Type: text/plain; charset=klingon", utf8]))).toEqual({ a: "Gómez" });
});

it("passes files over, and refuses what is no such form", async () => {
  expect(await fieldsOf(formOf(["name=a", "1"], ['name=file; filename="a.wav"', "RIFF"]))).toEqual({ a: "1" });
  expect(await fieldsOf(bytesOfLatin1("x"))).toBe("invalid_form");
  expect(await fieldsOf(formOf(["name=a", "1"]), "multipart/form-data")).toBe("invalid_form");
});

it("reads an URL-encoded form in the charset it declares, escapes included", async () => {
  const type = "application/x-www-form-urlencoded; charset=iso-8859-2";
  const body = bytesOfLatin1("operator=%A3ukasz+K\u00f3\u00b3&x=1%262");
  const plain = await plainBodyOf(body, new Headers({ "content-type": type }), 1_000);
  expect(plain.ok && decodeForm(plain.value)).toEqual([
    ["operator", "Łukasz Kół"],
    ["x", "1&2"],
  ]);
});
