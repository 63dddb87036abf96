import { describe, it } from "vitest";
import { cases } from "../../contracts/sources/hmac";
import { hmac } from "../../../src/platforms/hmac";
import type { SourceConfig } from "../../../src/platforms";
import type { HmacSettings } from "../../../src/platforms/hmac/settings";

const REFUSED = { ok: false, error: { status: 401 } };
const BODY = new Uint8Array(new TextEncoder().encode('{"external_id":"c-1"}'));
const NOW = 1_787_234_400_000;

async function request(given: (typeof cases)[number], changes: Record<string, string | null> = {}, at = NOW) {
  const url = given.signing?.url ?? "https://trunkline.test/webhook/hmac/src_1";
  const proof = await given.signing!.sign(BODY, given.config.secrets[0]!, at, url);
  const headers = new Headers(proof.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return { url, headers, body: BODY };
}

function verify(given: (typeof cases)[number], sent: Awaited<ReturnType<typeof request>>, settings: object = {}) {
  const config = { ...given.config, settings: { ...given.config.settings, ...settings } } as SourceConfig<HmacSettings>;
  return hmac.verify(sent, config, NOW);
}

describe.for(cases.map((given) => [given.name ?? "", given] as const))("%s", ([, given]) => {
  it("passes a good one, and refuses it without any of its headers", async ({ expect }) => {
    const good = await request(given);
    expect(await verify(given, good)).toMatchObject({ ok: true });
    for (const name of good.headers.keys()) {
      expect([name, await verify(given, await request(given, { [name]: null }))]).toMatchObject([name, REFUSED]);
      expect([name, await verify(given, await request(given, { [name]: "" }))]).toMatchObject([name, REFUSED]);
    }
  });

  it("refuses every header changed by a character", async ({ expect }) => {
    const good = await request(given);
    for (const [name, value] of good.headers) {
      const place = value.lastIndexOf("v1") > 0 ? value.lastIndexOf("v1") + 5 : Math.floor(value.length / 2);
      const changed = value.slice(0, place) + (value[place] === "5" ? "6" : "5") + value.slice(place + 1);
      expect([name, await verify(given, await request(given, { [name]: changed }))]).toMatchObject([name, REFUSED]);
    }
  });

  it("refuses a stale and a future one where a moment is set", async ({ expect }) => {
    const tolerance = given.signing?.toleranceMs ?? null;
    for (const away of [-(tolerance ?? 0) - 2_000, (tolerance ?? 0) + 2_000]) {
      const verified = await verify(given, await request(given, {}, NOW + away));
      expect(verified.ok).toBe(tolerance === null);
    }
  });
});

describe("a generic HMAC source", () => {
  const [plain] = cases;
  const stripe = cases.find((given) => given.name?.includes("list"));
  if (!plain || !stripe) throw new Error("the cases are gone");

  it("takes any of several signatures, as a sender that rotates sends them", async ({ expect }) => {
    const good = (await request(plain)).headers.get("x-signature") ?? "";
    const other = "0".repeat(64);
    for (const list of [`${other}, ${good}`, `${other} ${good}`, `${good},${other}`]) {
      expect(await verify(plain, await request(plain, { "x-signature": list }))).toMatchObject({ ok: true });
    }
    expect(await verify(plain, await request(plain, { "x-signature": `${other},${other}` }))).toMatchObject(REFUSED);
  });

  it("looks at ten signatures and no more", async ({ expect }) => {
    const good = (await request(plain)).headers.get("x-signature") ?? "";
    const list = [...Array.from({ length: 10 }, () => "0".repeat(64)), good].join(",");
    expect(await verify(plain, await request(plain, { "x-signature": list }))).toMatchObject(REFUSED);
    expect(
      await verify(plain, await request(plain, { "x-signature": `${" ".repeat(5_000)}${good},${" ".repeat(5_000)}a` })),
    ).toMatchObject(REFUSED);
  });

  it("takes no moment of two in one header", async ({ expect }) => {
    const list = (await request(stripe)).headers.get("stripe-signature") ?? "";
    expect(await verify(stripe, await request(stripe, { "stripe-signature": `${list},t=1` }))).toMatchObject(REFUSED);
  });

  it("checks a moment that is not signed as well, where one is set", async ({ expect }) => {
    const settings = { timestamp_header: "X-At" };
    const at = (value: number) => ({ "X-At": String(Math.floor(value / 1_000)) });
    expect(await verify(plain, await request(plain, at(NOW)), settings)).toMatchObject({ ok: true });
    expect(await verify(plain, await request(plain, at(NOW - 400_000)), settings)).toMatchObject(REFUSED);
    expect(await verify(plain, await request(plain), settings)).toMatchObject(REFUSED);
  });

  it("refuses everything under a secret that is not in the encoding set", async ({ expect }) => {
    const config = { ...plain.config, secrets: ["not hexadecimal at all"], settings: { secret_encoding: "hex" } };
    expect(await hmac.verify(await request(plain), config as SourceConfig<HmacSettings>, NOW)).toMatchObject({
      ok: false,
      error: { reason: "unusable_secret" },
    });
  });

  it("passes the published vectors of schemes it can be set to", async ({ expect }) => {
    const raw = new Uint8Array(new TextEncoder().encode('{"event":"call.completed","data":{"call_id":"call_1"}}'));
    const ts = { timestamp_header: "X-Ts", tolerance_seconds: 300 };
    const vectors: [secret: string, settings: HmacSettings, signature: string, body?: Uint8Array<ArrayBuffer>][] = [
      ["voqo_test", {}, "fa627b751bf701d44c28efc40c055c5dba3d7f81d764049584d3f73e2643cdb6"],
      [
        "whsec_test",
        { signed: "{timestamp}.{body}", ...ts },
        "8d6adf98949f8eca96df6de82b05871bcf68e15d7df630e0fc03d66297f8230c",
      ],
      [
        "zoom_test",
        { signed: "v0:{timestamp}:{body}", signature_prefix: "v0=", ...ts },
        "v0=ae0a12293fe135f7f0c1ee8c0fc6c00f87ee315f35142a07a2a946e83a9c4f5e",
      ],
      [
        "vfy_123456",
        { algorithm: "sha1" },
        "53fb1462ffa12005820691e3bac349339fc1d2a3",
        new Uint8Array(new TextEncoder().encode('[{"resourceType":"heartbeat"}]')),
      ],
    ];
    for (const [secret, settings, signature, body = raw] of vectors) {
      const headers = new Headers({ "x-signature": signature, "x-ts": "1700000000" });
      const config: SourceConfig<HmacSettings> = { ...plain.config, secrets: [secret], settings };
      expect(await hmac.verify({ url: "https://x.test/", headers, body }, config, 1_700_000_000_000)).toMatchObject({
        ok: true,
      });
    }
  });

  it("turns away a swarm of headers before anything else", ({ expect }) => {
    const headers = new Headers(Array.from({ length: 200 }, (_, index): [string, string] => [`x-${index}`, "1"]));
    expect(hmac.precheck(headers, NOW)).toMatchObject(REFUSED);
  });

  it.for<[field: string, settings: object]>([
    ["signed", { signed: "{timestamp}" }],
    ["signed", { signed: "{body}{body}" }],
    ["signed", { signed: "{body}{method}" }],
    ["signed", { signed: "{body" }],
    ["timestamp_header", { signed: "{timestamp}.{body}" }],
    ["id_header", { signed: "{id}.{body}" }],
    ["timestamp_key", { timestamp_header: "X-At", timestamp_key: "t", signature_key: "v1" }],
    ["signature_key", { timestamp_key: "t" }],
    ["signature_prefix", { signature_prefix: "v1=", signature_key: "v1" }],
    ["tolerance_seconds", { tolerance_seconds: 60 }],
    ["tolerance_seconds", { timestamp_header: "X-At", tolerance_seconds: 100_000 }],
    ["signature_header", { signature_header: "X Signature" }],
    ["algorithm", { algorithm: "md5" }],
  ])("refuses the setting %s of %j", ([field, settings], { expect }) => {
    const parsed = hmac.settings.safeParse(settings);
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toContain(field);
  });
});
