import { describe, expect, it } from "vitest";
import { hmac, toBase64 } from "../../../src/lib/hmac";
import { decodeJwt, verifyJwtHs256 } from "../../../src/platforms/proof/jwt";

// provider-facts §10: Dialpad, secret `dialpad_test`; Vonage, secret `vonage_test_secret`.
const DIALPAD =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjYWxsX2lkIjo1NzgwNjc4MjQ2MTIxNDcyLCJzdGF0ZSI6Imhhbmd1cCJ9.h6cxT4DpM0rovMKUkuqcqj5W0DgJsEFHVoWrpfkOK_Q";

function part(value: unknown): string {
  const bytes = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function tokenOf(header: unknown, claims: unknown, secret: string): Promise<string> {
  const message = `${part(header)}.${part(claims)}`;
  const signature = toBase64(await hmac("SHA-256", secret, new TextEncoder().encode(message)));
  return `${message}.${signature.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

describe("a token signed with HS256", () => {
  it("gives its claims under any of the secrets", async () => {
    const claims = { call_id: 5_780_678_246_121_472, state: "hangup" };
    expect(await verifyJwtHs256(DIALPAD, ["dialpad_test"])).toEqual({ ok: true, value: claims });
    expect(await verifyJwtHs256(DIALPAD, ["new", "dialpad_test"])).toMatchObject({ ok: true });
    expect(decodeJwt(DIALPAD)).toEqual(claims);
  });

  it("keeps the digits of ids of 64 bits", async () => {
    const token = await tokenOf({ alg: "HS256" }, '{"id":9007199254740993}', "secret");
    expect(await verifyJwtHs256(token, ["secret"])).toEqual({ ok: true, value: { id: "9007199254740993" } });
  });

  it("is refused under another secret, and under none", async () => {
    for (const secrets of [["dialpad_tesT"], [], [""]]) {
      expect(await verifyJwtHs256(DIALPAD, secrets)).toEqual({ ok: false, error: "wrong_signature" });
    }
    expect(await verifyJwtHs256(await tokenOf({ alg: "HS256" }, {}, "x"), [""])).toMatchObject({ ok: false });
  });

  it("is refused with changed claims", async () => {
    const [header, , signature] = DIALPAD.split(".");
    const changed = `${header}.${part({ call_id: 1, state: "hangup" })}.${signature}`;
    expect(await verifyJwtHs256(changed, ["dialpad_test"])).toEqual({ ok: false, error: "wrong_signature" });
  });

  it.each(["none", "None", "HS512", "RS256", undefined, 5])("is refused with the algorithm %j", async (alg) => {
    const token = await tokenOf({ alg, typ: "JWT" }, { a: 1 }, "secret");
    expect(await verifyJwtHs256(token, ["secret"])).toEqual({ ok: false, error: "wrong_algorithm" });
  });

  it.each([
    "",
    "a",
    "a.b",
    "..",
    "a.b.c.d",
    `${DIALPAD}.`,
    `${DIALPAD}=`,
    `${part({ alg: "HS256", kid: "k".repeat(5_000) })}.${part({ a: 1 })}.AAAA`,
    `${part({ alg: "HS256" })}.${part({ a: 1 })}.${"A".repeat(5_000)}`,
    `${part({ alg: "none" })}.${part({ a: 1 })}.`,
    DIALPAD.replace("_", "/"),
  ])("is malformed: %j", async (token) => {
    expect(await verifyJwtHs256(token, ["dialpad_test"])).toEqual({ ok: false, error: "malformed" });
  });

  it.each([[[1]], ["no"]])("has its claims read only once it is proven: %j", async (claims) => {
    const token = await tokenOf({ alg: "HS256" }, claims, "secret");
    expect(await verifyJwtHs256(token, ["secret"])).toEqual({ ok: false, error: "malformed" });
    expect(await verifyJwtHs256(token, ["other"])).toEqual({ ok: false, error: "wrong_signature" });
  });
});
