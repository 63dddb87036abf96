import { describe, it } from "vitest";
import { readTotpCode, totpCode, totpStepAt, totpStepOf } from "../../../src/identity";
import { toBase32 } from "../../../src/lib/base32";

const encoder = new TextEncoder();
const SECRET = Uint8Array.from(encoder.encode("12345678901234567890"));

describe("codes of an authenticator app", () => {
  it("are those of RFC 6238, appendix B, for SHA-1", async ({ expect }) => {
    const vectors: Record<number, string> = {
      59: "94287082",
      1111111109: "07081804",
      1111111111: "14050471",
      1234567890: "89005924",
      2000000000: "69279037",
      20000000000: "65353130",
    };
    for (const [seconds, code] of Object.entries(vectors))
      expect(await totpCode(SECRET, totpStepAt(Number(seconds) * 1000), 8)).toBe(code);
  });

  it("are those of RFC 4226, appendix D, with six digits", async ({ expect }) => {
    const codes = await Promise.all(Array.from({ length: 10 }, async (_, step) => totpCode(SECRET, step)));
    expect(codes).toEqual([
      "755224",
      "287082",
      "359152",
      "969429",
      "338314",
      "254676",
      "287922",
      "162583",
      "399871",
      "520489",
    ]);
  });

  it("fit in their step, the one before and the one after, and in no other", async ({ expect }) => {
    const code = await totpCode(SECRET, 1000);
    const at = (step: number, more = 0) => totpStepOf(SECRET, code, step * 30_000 + more);
    expect(await Promise.all([at(998, 29_999), at(999), at(1000), at(1001, 29_999), at(1002)])).toEqual([
      undefined,
      1000,
      1000,
      1000,
      undefined,
    ]);
  });

  it("are read as people type them", ({ expect }) => {
    expect(
      ["123456", " 123 456 ", "123-456", "12345", "1234567", "12a456", "１２３４５６", ""].map(readTotpCode),
    ).toEqual(["123456", "123456", "123456", undefined, undefined, undefined, undefined, undefined]);
  });
});

describe("base 32", () => {
  it("is that of RFC 4648, without padding", ({ expect }) => {
    const texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
    expect(texts.map((text) => toBase32(encoder.encode(text)))).toEqual([
      "",
      "MY",
      "MZXQ",
      "MZXW6",
      "MZXW6YQ",
      "MZXW6YTB",
      "MZXW6YTBOI",
    ]);
  });
});
