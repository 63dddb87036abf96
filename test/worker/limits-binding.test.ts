import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/db/client";
import { mintCampaign, mintOrganization } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { newPipeline, QUEUES } from "./pipeline";

const db = openDatabase(env.DB);

afterEach(() => vi.restoreAllMocks());

const limiter = (answer: () => Promise<RateLimitOutcome>): RateLimit => ({ limit: answer });

async function post(overrides: Partial<Env>, key: string) {
  const line = newPipeline(overrides);
  const headers = { "content-type": "application/json", "x-api-key": key };
  const answer = await line.post("/webhook/anura/", renderAnura(), headers);
  return { answer, sent: line.sent.filter((one) => one.queue === QUEUES.ingest) };
}

it(
  "shuts an address out after 300 refusals a minute, by the deployment's own binding",
  { timeout: 60_000 },
  async () => {
    const line = newPipeline();
    const { key } = await mintOrganization(db);
    const send = (headers: Record<string, string>) =>
      line.post("/webhook/anura/", "{}", { "content-type": "application/json", ...headers });
    let refused = 0;
    // A minute may end on the way, and then it takes as many again.
    for (; refused < 650; refused += 1) {
      const answer = await send({ "cf-connecting-ip": "203.0.113.50" });
      await answer.body?.cancel();
      if (answer.status === 429) break;
      expect(answer.status).toBe(401);
    }
    expect(refused).toBeGreaterThan(300);
    expect(refused).toBeLessThan(650);
    expect((await send({ "cf-connecting-ip": "203.0.113.51" })).status).toBe(401);
    expect((await send({ "cf-connecting-ip": "203.0.113.50", "x-api-key": key })).status).toBe(422);
  },
);

it("asks the deployment's binding about proven requests", async () => {
  const { id, key } = await mintOrganization(db);
  await mintCampaign(db, id);
  const full = limiter(async () => ({ success: false }));
  const { answer, sent } = await post({ SOURCE_LIMIT: full }, key);
  expect(answer.status).toBe(429);
  expect(sent).toMatchObject([{ body: { verdict: "refused", reason: "too_many_requests" } }]);
});

it.each([
  ["is not there", undefined],
  ["does not answer", limiter(() => Promise.reject(new Error("away")))],
])("limits no one when a limiter %s", async (_name, broken) => {
  const { key } = await mintOrganization(db);
  const { answer } = await post({ SOURCE_LIMIT: broken, REFUSAL_LIMIT: broken } as Partial<Env>, key);
  expect(answer.status).toBe(200);
});
