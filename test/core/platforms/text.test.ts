import { describe, it } from "vitest";
import { readJsonObject } from "../../../src/platforms/reading/json-object";
import { decodeForm, decodePercent, decodeText } from "../../../src/platforms/reading/text";

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Each character as the one byte it is in Latin-1. */
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("a value that may not be UTF-8", () => {
  it.for<[name: string, given: Uint8Array, text: string]>([
    ["UTF-8", utf8("José 日本 👩"), "José 日本 👩"],
    ["Latin-1", bytes("Jos\xe9 G\xf3mez"), "José Gómez"],
    ["an apostrophe of windows-1252", bytes("Carpenter\x92s"), "Carpenter’s"],
    ["UTF-8 that was cut", utf8("Peña Núñez").subarray(0, 8), "Peña N\uFFFD"],
    [
      "UTF-8 with one byte of something else",
      Uint8Array.of(...utf8("Muñoz "), 0x96, ...utf8(" José")),
      "Muñoz \uFFFD José",
    ],
    ["U+FFFD as its sender wrote it", utf8("Jos\uFFFD"), "Jos\uFFFD"],
    [
      "U+FFFD as its sender wrote it, and a broken byte",
      Uint8Array.of(...utf8("Jos\uFFFD "), 0xe9),
      "Jos\uFFFD \uFFFD",
    ],
  ])("is read: %s", ([, given, text], { expect }) => {
    expect(decodeText(given)).toBe(text);
  });

  it("costs no other value of a JSON body", ({ expect }) => {
    const body = Uint8Array.of(
      ...utf8('{"a":"Peña","b":"'),
      ...bytes('Jos\\"\xe9\\\\'),
      ...utf8('","c":["日本",1],"d":"'),
      ...bytes("G\xf3mez\x92"),
      ...utf8('"}'),
    );
    const read = readJsonObject(body);
    expect(read.ok && Object.fromEntries(read.value)).toEqual({
      a: "Peña",
      b: 'Jos"é\\',
      c: ["日本", 1],
      d: "Gómez’",
    });
  });

  it("costs no other value of a form, raw or percent-encoded", ({ expect }) => {
    const body = Uint8Array.of(...utf8("a=Pe%C3%B1a&b=Jos%E9+G&"), ...bytes("c=G\xf3mez&d&&e=1%2B1%zz"));
    expect(decodeForm(body)).toEqual([
      ["a", "Peña"],
      ["b", "José G"],
      ["c", "Gómez"],
      ["d", ""],
      ["e", "1+1%zz"],
    ]);
  });

  it("is decoded from percent-encoding", ({ expect }) => {
    expect(decodePercent("Carpenter%92s%20Jos%E9 100% +1")).toBe("Carpenter’s José 100% +1");
    expect(decodePercent("Luc%C3%ADa 日")).toBe("Lucía 日");
  });

  it("keeps no isolate busy, however many there are", ({ expect }) => {
    const list = Array.from({ length: 100_000 }, () => "\xe9").join('","');
    const read = readJsonObject(bytes(`{"list":["${list}"]}`));
    const names = (read.ok ? read.value.get("list") : []) as string[];
    expect(names).toHaveLength(100_000);
    expect([names[0], names.at(-1)]).toEqual(["é", "\uFFFD"]);
  });
});
