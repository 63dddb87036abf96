import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { organizations, requestQuotas } from "../../../src/db/schema";
import { eq } from "drizzle-orm";
import { quotaShareOn, type QuotaShare } from "../../../src/identity";
import { HOUR, SECOND } from "../../../src/lib/time";
import { mintOrganization, NOON } from "../../factories";
import { runsOf } from "../../long-runs";
import { apiClient, db } from "./client";

const LIMIT = 1_000;
const LIMIT_OF_ENTERPRISE = 10_000;

/** An hour of which so many requests are used: the end of it is what matters, and most of it takes long to get to. */
const USED = 900;

async function useMost(organizationId: string): Promise<void> {
  await db.insert(requestQuotas).values({
    organizationId,
    hour: Math.floor(NOON / HOUR),
    leased: USED,
    outstanding: 0,
    granted: 0,
  });
}

/** Every isolate of a deployment that asks for one organization, some of which die. */
function isolates(organizationId: string, count: number) {
  const alive: QuotaShare[] = Array.from({ length: count }, () => quotaShareOn(db));
  return {
    take: (at: number, now: number) => alive[at % count]!.take(organizationId, now),
    giveBack: (at: number, hour: number) => alive[at % count]!.giveBack(organizationId, hour),
    /** What it had in memory is lost. */
    die: (at: number) => void (alive[at % count] = quotaShareOn(db)),
  };
}

const step = fc.record({
  isolate: fc.nat(11),
  does: fc.constantFrom("asks", "asks", "asks", "asks", "asks", "has it already", "dies"),
  times: fc.integer({ min: 1, max: 10 }),
});

describe("the quota of an organization", () => {
  it("is never exceeded, and refuses at most a hundredth early, whatever isolates do and whichever die", async ({
    expect,
  }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 25 }),
        fc.integer({ min: 1, max: 12 }),
        async (steps, count) => {
          const { id } = await mintOrganization(db);
          await useMost(id);
          const world = isolates(id, count);
          let used = USED;
          const check = async (at: number, isFree: boolean) => {
            const taken = await world.take(at, NOON);
            expect(taken.limit).toBe(LIMIT);
            if (taken.allowed) {
              expect(used).toBeLessThan(LIMIT);
              expect(taken.remaining).toBeGreaterThanOrEqual(0);
              if (isFree) await world.giveBack(at, taken.hour);
              else used += 1;
            } else {
              expect(used).toBeGreaterThanOrEqual(LIMIT - LIMIT / 100);
            }
          };
          for (const { isolate, does, times } of steps) {
            if (does === "dies") world.die(isolate);
            else for (let time = 0; time < times; time += 1) await check(isolate, does === "has it already");
          }
          // Whatever is left is used up by those who live, all of it but for a hundredth.
          for (let at = 0, refused = 0; refused < count; at += 1) {
            const taken = await world.take(at, NOON + 10 * SECOND);
            if (taken.allowed) used += 1;
            refused = taken.allowed ? 0 : refused + 1;
          }
          expect(used).toBeLessThanOrEqual(LIMIT);
          expect(used).toBeGreaterThanOrEqual(LIMIT - LIMIT / 100);
        },
      ),
      { numRuns: runsOf(5) },
    );
  });

  it("is shared by requests that come at once", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    await useMost(id);
    const world = isolates(id, 5);
    const answers = await Promise.all(Array.from({ length: LIMIT - USED + 50 }, (_, at) => world.take(at, NOON)));
    const allowed = USED + answers.filter((one) => one.allowed).length;
    expect(allowed).toBeLessThanOrEqual(LIMIT);
    expect(allowed).toBeGreaterThanOrEqual(LIMIT - LIMIT / 100);
  });

  it("is what the plan allows, and begins anew with each hour of UTC", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const world = isolates(id, 2);
    const hour = Math.floor(NOON / HOUR) * HOUR;
    expect(await world.take(0, hour + HOUR - 1)).toMatchObject({
      limit: LIMIT,
      remaining: LIMIT - 1,
      resetAt: hour + HOUR,
    });
    await db.update(organizations).set({ plan: "enterprise" }).where(eq(organizations.id, id));
    expect(await world.take(0, hour + HOUR)).toMatchObject({
      limit: LIMIT_OF_ENTERPRISE,
      remaining: LIMIT_OF_ENTERPRISE - 1,
      resetAt: hour + 2 * HOUR,
    });
    // An isolate whose clock is behind counts in the hour that has begun.
    expect(await world.take(1, hour + HOUR - 1)).toMatchObject({ hour: hour / HOUR + 1 });
  });
});

async function useUp(organizationId: string): Promise<void> {
  await env.DB.prepare("UPDATE request_quotas SET leased = ? WHERE organization_id = ?")
    .bind(LIMIT, organizationId)
    .run();
}

describe("requests to the API", () => {
  it("say what is left, refused ones too", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient({ quota: quotaShareOn(db) });
    const first = await api.get("/v1/calls", { key });
    expect(first.headers.get("x-ratelimit-limit")).toBe("1000");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("999");
    expect(first.headers.get("x-ratelimit-reset")).toBe(String((Math.floor(NOON / HOUR) + 1) * 3_600));
    const missing = await api.get("/v1/calls/none", { key });
    expect([missing.status, missing.headers.get("x-ratelimit-remaining")]).toEqual([404, "998"]);
    const wrong = await api.post("/v2/webhooks", { key, body: {} });
    expect([wrong.status, wrong.headers.get("x-ratelimit-remaining")]).toEqual([422, "997"]);
  });

  it("are refused with what to do about it once the hour is used up", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient({ quota: quotaShareOn(db) });
    for (let at = 0; at < 5; at += 1) await api.get("/v1/calls", { key });
    await useUp(id);
    const refused = await api.post("/v1/campaigns", { key, body: { name: "Sales" } });
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      code: "quota_exceeded",
      limit: LIMIT,
      plan: "standard",
      reset: (Math.floor(NOON / HOUR) + 1) * 3_600,
      bulk: "POST /v1/bulk",
    });
    expect(Number(refused.headers.get("retry-after"))).toBe(3_600 - Math.floor((NOON % HOUR) / SECOND));
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    const later = apiClient({ quota: api.deps.quota, now: () => NOON + HOUR });
    expect((await later.post("/v1/campaigns", { key, body: { name: "Sales" } })).status).toBe(201);
  });

  it("cost nothing where the client has the answer, and once where If-Match reads first", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient({ quota: quotaShareOn(db) });
    const made = await api.post("/v1/campaigns", { key, body: { name: "Sales" } });
    const path = `/v1/campaigns/${made.body.id}`;
    const read = await api.get(path, { key });
    const etag = read.headers.get("etag") ?? "";
    for (let time = 0; time < 20; time += 1) {
      const again = await api.get(path, { key, headers: { "if-none-match": etag } });
      expect([again.status, again.headers.get("x-ratelimit-remaining")]).toEqual([304, "998"]);
    }
    const changed = await api.patch(path, { key, headers: { "if-match": etag }, body: { name: "Support" } });
    expect([changed.status, changed.headers.get("x-ratelimit-remaining")]).toEqual([200, "997"]);
  });

  it("are not counted where nobody is known, and not for pieces of an upload", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient({ quota: quotaShareOn(db) });
    expect((await api.get("/v1/calls")).headers.get("x-ratelimit-limit")).toBeNull();
    const piece = await api.patch("/v1/uploads/tus/none", { key, text: "x" });
    expect(piece.headers.get("x-ratelimit-limit")).toBeNull();
    expect((await api.get("/tasks", { key })).headers.get("x-ratelimit-limit")).toBeNull();
  });
});
