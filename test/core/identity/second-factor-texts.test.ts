import { describe, it } from "vitest";
import { groupsOfFour, hashRecoveryCode, newRecoveryCode, relyingPartyOf } from "../../../src/identity";
import { qrCodeSvg } from "../../../src/lib/qr-code";

describe("recovery codes", () => {
  it("are four groups of four letters, and never the same", ({ expect }) => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
    expect(new Set(codes).size).toBe(200);
  });

  it("are read with other letters, spaces and what looks alike", async ({ expect }) => {
    const hash = await hashRecoveryCode("usr_1", "0011-abcd-efgh-jkmn");
    expect(await hashRecoveryCode("usr_1", " OOIL abcd EFGH-jkmn")).toBe(hash);
    expect(await hashRecoveryCode("usr_2", "0011-abcd-efgh-jkmn")).not.toBe(hash);
    for (const text of ["", "0011-abcd-efgh-jkm", "0011-abcd-efgh-jkmnp", "0011-abcd-efgh-jkm!", "u".repeat(16)])
      expect(await hashRecoveryCode("usr_1", text)).toBeUndefined();
  });
});

describe("the host of passkeys", () => {
  it("is that of PUBLIC_URL, and localhost on the machine itself", ({ expect }) => {
    expect(relyingPartyOf("https://calls.example.com:8443")).toEqual({
      id: "calls.example.com",
      origin: "https://calls.example.com:8443",
    });
    const local = { id: "localhost", origin: "http://localhost:8787" };
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
      expect(relyingPartyOf(`http://${host}:8787`)).toEqual(local);
    for (const url of ["", "http://192.168.1.4:8787", "https://[2001:db8::1]", "calls"])
      expect(relyingPartyOf(url)).toBeUndefined();
  });
});

describe("what a person copies by hand", () => {
  it("is in groups of four", ({ expect }) => {
    expect(groupsOfFour("ABCDEFGHIJ")).toEqual(["ABCD", "EFGH", "IJ"]);
  });
});

describe("a QR code", () => {
  it("is an image without styles or scripts, with a quiet edge of four modules", ({ expect }) => {
    const svg = qrCodeSvg("otpauth://totp/Trunkline:ana@acme.example?secret=ABC", "Key & <code>");
    expect(svg).toContain("<title>Key &#38; &#60;code&#62;</title>");
    expect(svg).not.toMatch(/style|script|href/);
    const runs = [...svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)].map(([, x, y, width]) => [x, y, width].map(Number));
    expect(runs[0]).toEqual([4, 4, 7]);
    const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    for (const [x = 0, y = 0, width = 0] of runs) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(4);
      expect(x + width).toBeLessThanOrEqual(size - 4);
    }
  });
});
