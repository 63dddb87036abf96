import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import {
  isSigningKey,
  newSigningKey,
  profiles,
  publicJwk,
  publicKey,
  type AttemptContext,
} from "../../../../src/delivery/profiles";
import { EVENT_TYPES } from "../../../../src/events";
import { attemptOf, OTHER_WHSEC, WHSEC } from "./attempt";

const { standard } = profiles;

// The library refuses a timestamp that is not of these minutes.
function attempt(overrides: Partial<AttemptContext> = {}): AttemptContext {
  return attemptOf("call.completed", { now: Date.now(), ...overrides });
}

describe("the standard profile", () => {
  it.for([
    ["plain", { call: { id: "call_1" } }],
    ["unicode and emoji", { name: "Peña 🎧 \u2028", quote: "</script>" }],
    ["numbers and nulls", { tiny: 1e-7, nested: { a: [null, { b: null }] } }],
    ["90 kB", { text: "á".repeat(45_000) }],
  ] as const)("is accepted by the standardwebhooks library: %s", async ([, data]) => {
    const request = await standard.request(attempt({ data }));
    const payload = new Webhook(WHSEC).verify(request.body, request.headers);
    const timestamp = "2023-11-14T22:13:20.123Z";
    expect(payload).toEqual({ id: "evt_1", type: "call.completed", seq: 3, timestamp, data });
  });

  it("signs with every secret during a rotation, so both the old and the new one verify", async () => {
    const request = await standard.request(attempt({ secrets: [OTHER_WHSEC, WHSEC] }));
    for (const secret of [OTHER_WHSEC, WHSEC])
      expect(() => new Webhook(secret).verify(request.body, request.headers)).not.toThrow();
  });

  it("does not verify when one byte of the body differs", async () => {
    const request = await standard.request(attempt());
    const changed = request.body.replace("inbound", "outbound");
    expect(() => new Webhook(WHSEC).verify(changed, request.headers)).toThrow("No matching signature");
  });

  it("says which numbers of the lane were given up just before", async () => {
    const request = await standard.request(attempt({ gap: { from: 1, to: 2 } }));
    expect(JSON.parse(request.body)).toMatchObject({ seq: 3, gap: { from: 1, to: 2 } });
  });

  it("has every event type", () => {
    expect(standard.eventTypes).toEqual(EVENT_TYPES);
  });

  it("retries client errors, for days", () => {
    for (const status of [400, 401, 404, 408, 429]) expect(standard.judge(status, {})).toBe("retry");
    expect(standard.policy.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3 * 86_400_000);
  });
});

describe("the standard profile with Ed25519", () => {
  // https://www.rfc-editor.org/rfc/rfc8032#section-7.1, test 1
  const RFC_SEED = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
  const RFC_PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

  it("knows the public half of a key", async () => {
    expect(await publicKey(`whsk_${RFC_SEED}`)).toBe(`whpk_${RFC_PUBLIC}`);
    // https://www.rfc-editor.org/rfc/rfc8037#appendix-A: the same key, with its thumbprint.
    expect(await publicJwk(`whsk_${RFC_SEED}`)).toEqual({
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
      use: "sig",
      alg: "EdDSA",
    });
  });

  it("reads a key with its public half behind it", async () => {
    const seed = atob(RFC_SEED);
    const long = `whsk_${btoa(seed + atob(RFC_PUBLIC))}`;
    expect(isSigningKey(long)).toBe(true);
    expect(await publicKey(long)).toBe(`whpk_${RFC_PUBLIC}`);
  });

  it("signs v1 and v1a, and the key set's key verifies the latter", async () => {
    const key = newSigningKey();
    const request = await standard.request(attempt({ secrets: [WHSEC, key], ed25519: true }));
    expect(() => new Webhook(WHSEC).verify(request.body, request.headers)).not.toThrow();
    expect(await verifies(await publicJwk(key), request)).toEqual([true]);
    expect(await verifies(await publicJwk(newSigningKey()), request)).toEqual([false]);
    expect(await verifies(await publicJwk(key), { ...request, body: `${request.body} ` })).toEqual([false]);
  });

  it("signs with the old and the new key during a rotation", async () => {
    const [old, fresh] = [newSigningKey(), newSigningKey()];
    const request = await standard.request(attempt({ secrets: [OTHER_WHSEC, fresh, WHSEC, old], ed25519: true }));
    expect(request.headers["webhook-signature"]?.split(" ").map((one) => one.split(",")[0])).toEqual([
      "v1",
      "v1",
      "v1a",
      "v1a",
    ]);
    expect(await verifies(await publicJwk(fresh), request)).toEqual([true, false]);
    expect(await verifies(await publicJwk(old), request)).toEqual([false, true]);
  });

  it("signs v1 alone while it is switched off", async () => {
    const request = await standard.request(attempt({ secrets: [WHSEC, newSigningKey()] }));
    expect(request.headers["webhook-signature"]).toMatch(/^v1,\S+$/);
  });

  it("refuses to pretend when there is no key", async () => {
    await expect(standard.request(attempt({ ed25519: true }))).rejects.toThrow("no key");
  });

  it("tells keys from other secrets", () => {
    for (const no of [WHSEC, "whsk_", "whsk_AAAA", `whpk_${RFC_PUBLIC}`, "whsk_!!!"])
      expect(isSigningKey(no)).toBe(false);
  });

  async function verifies(
    jwk: JsonWebKey,
    { headers, body }: { headers: Record<string, string>; body: string },
  ): Promise<boolean[]> {
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]);
    const content = new TextEncoder().encode(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
    const signatures = (headers["webhook-signature"] ?? "").split(" ").filter((one) => one.startsWith("v1a,"));
    return Promise.all(
      signatures.map((one) => {
        const signature = Uint8Array.from(atob(one.slice(4)), (character) => character.charCodeAt(0));
        return crypto.subtle.verify("Ed25519", key, signature, content);
      }),
    );
  }
});
