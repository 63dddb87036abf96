import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { answer as answerOf, app } from "../../src/app";
import { mintOrganization, openDatabase } from "../factories";

const db = openDatabase(env.DB);

async function ask(path: string, init: RequestInit = {}, origin = "https://trunkline.test"): Promise<Response> {
  return answerOf(new Request(`${origin}${path}`, init), env, createExecutionContext());
}

describe("every answer's headers for browsers", () => {
  it.for([
    ["/health", "GET", 200],
    ["/openapi.json", "GET", 200],
    ["/nowhere", "GET", 404],
    ["/v1/calls", "GET", 401],
    ["/webhook/anura/", "POST", 401],
    ["/webhook/anura/", "GET", 405],
    ["/operator/organizations", "POST", 401],
    ["/recordings/rec_1/audio", "GET", 422],
  ] as const)("%s %s %i", async ([path, method, status]) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-request-id": expect.stringMatching(/^req_[0-9a-f]{32}$/),
    });
    if (answer.headers.get("content-type") !== "application/problem+json") return;
    expect(await answer.json()).toMatchObject({
      type: expect.stringMatching(/^urn:trunkline:problem:[a-z-]+$/),
      status,
      code: expect.stringMatching(/^[a-z_]+$/),
      errors: expect.any(Array),
      request_id: answer.headers.get("x-request-id"),
    });
  });

  it("promises https only over https", async () => {
    const answer = await ask("/health", {}, "http://localhost:8787");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("strict-transport-security")).toBeNull();
  });
});

describe("/openapi.json", () => {
  it("has a tag, and is not sent again to who has it", async () => {
    const first = await ask("/openapi.json");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f-]{20,}"$/);
    expect(first.headers.get("content-type")).toContain("application/json");
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await ask("/openapi.json", { headers: { "if-none-match": known } });
      expect(again.status).toBe(304);
      expect(again.headers.get("etag")).toBe(etag);
      expect(await again.text()).toBe("");
    }
    const other = await ask("/openapi.json", { headers: { "if-none-match": '"other"' } });
    expect(other.status).toBe(200);
    expect(await other.json()).toEqual(await first.json());
  });

  it("names the address it was asked at where none is configured, each with a tag of its own", async () => {
    const nameless = { ...env, PUBLIC_URL: "" };
    const at = async (origin: string) => {
      const answer = await app.fetch(new Request(`${origin}/openapi.json`), nameless, createExecutionContext());
      return { etag: answer.headers.get("etag"), servers: (await answer.json<{ servers: unknown }>()).servers };
    };
    const [one, other] = [await at("http://localhost:8787"), await at("https://calls.example")];
    expect([one.servers, other.servers]).toEqual([
      [{ url: "http://localhost:8787", description: "This deployment" }],
      [{ url: "https://calls.example", description: "This deployment" }],
    ]);
    expect(one.etag).not.toBe(other.etag);
  });
});

describe("failed authentication", () => {
  const full = { ...env, REFUSAL_LIMIT: { limit: async () => ({ success: false }) } };
  const get = (headers: Record<string, string>, path = "/v1/calls", method = "GET") =>
    app.fetch(new Request(`https://trunkline.test${path}`, { method, headers }), full, createExecutionContext());
  const wrong = (index: number) => `tk_${String(index).padStart(40, "0")}`;

  it("is limited by address: valid keys pass, and other addresses are not affected", async () => {
    const [{ key }, newcomer] = [await mintOrganization(db), await mintOrganization(db)];
    const from = { "cf-connecting-ip": "203.0.113.90" };
    expect((await get({ ...from, "x-api-key": key })).status).toBe(200);
    const answers: Response[] = [];
    for (let index = 0; index < 20; index += 1) answers.push(await get({ ...from, "x-api-key": wrong(index) }));
    expect(answers[0]?.status).toBe(401);
    const away = answers.filter(({ status }) => status === 429);
    expect(away.length).toBeGreaterThan(10);
    expect(Number(away[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(away[0]?.headers.get("content-type")).toContain("application/problem+json");
    expect((await get({ ...from, "x-api-key": key })).status).toBe(200);
    expect((await get({ "cf-connecting-ip": "203.0.113.91", "x-api-key": newcomer.key })).status).toBe(200);
  });

  it("is limited for the operator's token too", async () => {
    const from = { "cf-connecting-ip": "203.0.113.92" };
    const statuses: number[] = [];
    for (let index = 0; index < 20; index += 1)
      statuses.push(
        (await get({ ...from, authorization: `Bearer guess-${index}` }, "/operator/organizations", "POST")).status,
      );
    expect(statuses[0]).toBe(401);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
  });
});
