import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { fetchKeys, KEYS_DEADLINE, parseKeys } from "../../../src/identity/tokens/fetch-keys";

const URL_OF_KEYS = "https://sign-in.example.com/jwks.json";
const guardPolicy = { allowPrivateAddresses: false, ownHosts: [] };
const KEY = { kty: "EC", crv: "P-256", x: "eA", y: "eQ", kid: "one", alg: "ES256", use: "sig" };

describe("fetchKeys", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.for<[string, (signal: AbortSignal) => Promise<Response>]>([
    ["no answer", () => new Promise(() => {})],
    ["a body that does not end", async () => new Response(new ReadableStream())],
  ])("gives up on %s at its deadline, and ends the connection", async ([, answer], { expect }) => {
    let signal: AbortSignal | undefined;
    const asking = fetchKeys(URL_OF_KEYS, {
      guardPolicy,
      fetch: (async (_input: unknown, init?: RequestInit) => {
        signal = init?.signal ?? undefined;
        if (!signal) throw new Error("no signal");
        return answer(signal);
      }) as typeof fetch,
    });
    await vi.advanceTimersByTimeAsync(KEYS_DEADLINE);
    expect(await asking).toEqual({ ok: false, error: "sign-in.example.com did not answer within 5 seconds" });
    expect(signal?.aborted).toBe(true);
  });
});

describe("parseKeys", () => {
  it("keeps what checks a signature and nothing else", ({ expect }) => {
    const text = JSON.stringify({ keys: [{ ...KEY, x5c: ["MIIB"], note: "x" }], more: 1 });
    expect(parseKeys(text)).toEqual({ keys: [KEY] });
  });

  it("leaves out keys that are private, symmetric, too long or no keys, and keeps the others", ({ expect }) => {
    const others = [
      { ...KEY, d: "ZA" },
      { ...KEY, d: null },
      { kty: "oct", k: "aw" },
      { ...KEY, n: "a".repeat(1_401) },
      {},
    ];
    expect(parseKeys(JSON.stringify({ keys: [...others, KEY] }))).toEqual({ keys: [KEY] });
    expect(parseKeys(JSON.stringify({ keys: others }))).toBeUndefined();
  });

  it("keeps twenty", ({ expect }) => {
    const keys = Array.from({ length: 30 }, (_, index) => ({ ...KEY, kid: `key ${index}` }));
    expect(parseKeys(JSON.stringify({ keys }))?.keys).toHaveLength(20);
  });
});
