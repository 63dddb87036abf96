import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { DONE_ELSEWHERE } from "../../../src/api/idempotency/elsewhere";
import { eraseAnswersOfCalls, eraseKeysOfOrganization, forgetOldKeys, sweepAnswers } from "../../../src/identity";
import { DAY, MINUTE } from "../../../src/lib/time";
import { runBatch } from "../../../src/db/client";
import { mintApiKey, mintCall, mintCampaign, mintOrganization, NOON } from "../../factories";
import { aroundWrites } from "../around-writes";
import { apiClient, db } from "./client";
import { CASES, deliveryFor, mintWorld, run, type World } from "./writing-operations";

const named = (key: string) => ({ "idempotency-key": key });

async function countOf(table: string, organizationId: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS total FROM ${table} WHERE organization_id = ?`)
    .bind(organizationId)
    .first<{ total: number }>();
  return row?.total ?? -1;
}

describe("a POST with an Idempotency-Key", () => {
  it("is carried out once and answered alike", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const ask = () => api.post("/v1/campaigns", { key, headers: named("one"), body: { name: "Sales" } });
    const first = await ask();
    const second = await ask();
    expect(first.status).toBe(201);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(await countOf("campaigns", id)).toBe(1);
  });

  it("takes the key from the envelope of the body too, which means the same", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const data = { name: "Sales" };
    const first = await api.post("/v1/campaigns", { key, body: { idempotencyKey: "one", data } });
    const second = await api.post("/v1/campaigns", { key, headers: named("one"), body: data });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(await countOf("campaigns", id)).toBe(1);
    const both = await api.post("/v1/campaigns", {
      key,
      headers: named("two"),
      body: { idempotencyKey: "one", data },
    });
    expect([both.status, both.body.code]).toEqual([400, "idempotency_keys_differ"]);
    const none = await api.post("/v1/campaigns", { key, body: { idempotencyKey: 7, data } });
    expect([none.status, none.body.errors[0].field]).toEqual([422, "idempotencyKey"]);
  });

  it("is refused with another body or query", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    await api.post("/v1/campaigns", { key, headers: named("one"), body: { name: "Sales" } });
    const other = await api.post("/v1/campaigns", { key, headers: named("one"), body: { name: "Support" } });
    expect([other.status, other.body.code]).toEqual([409, "idempotency_key_reused"]);
    const query = await api.post("/v1/campaigns?a=1", { key, headers: named("one"), body: { name: "Sales" } });
    expect([query.status, query.body.code]).toEqual([409, "idempotency_key_reused"]);
    expect(await countOf("campaigns", id)).toBe(1);
  });

  it("is another request by another caller, path or organization", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const another = await mintApiKey(db, { organizationId: id });
    const elsewhere = await mintOrganization(db);
    const api = apiClient();
    const ask = (by: string, path = "/v1/campaigns") =>
      api.post(path, { key: by, headers: named("one"), body: { name: "Sales" } });
    const answers = [await ask(key), await ask(another.key), await ask(elsewhere.key), await ask(key, "/v1/teams")];
    expect(answers.map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, null, null, null]);
    expect(await countOf("teams", id)).toBe(1);
    expect(await countOf("campaigns", elsewhere.id)).toBe(1);
  });

  it("runs once where it is sent fifty times at once", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const ask = () => api.post("/v1/api-keys", { key, headers: named("one"), body: { name: "Reporting" } });
    const answers = await Promise.all(Array.from({ length: 50 }, ask));
    for (const { status, body, headers } of answers.filter((one) => one.status !== 201)) {
      expect([status, body.code]).toEqual([409, "idempotency_in_progress"]);
      expect(headers.get("retry-after")).toBe("1");
    }
    const done = answers.filter(({ status }) => status === 201);
    expect(done.length).toBeGreaterThan(0);
    const again = await ask();
    for (const { body } of done) expect(body).toEqual(again.body);
    // One of them is the organization's own.
    expect(await countOf("api_keys", id)).toBe(2);
  });

  it("asks for the permission before it answers again", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const api = apiClient();
    const ask = (by: string) => api.post("/v1/campaigns", { key: by, headers: named("one"), body: { name: "Sales" } });
    expect((await ask(other.key)).status).toBe(201);
    await api.delete(`/v1/api-keys/${other.row.id}`, { key });
    expect((await ask(other.key)).status).toBe(401);
    const limited = await mintApiKey(db, { organizationId: id });
    expect((await ask(limited.key)).status).toBe(201);
    await env.DB.prepare("UPDATE api_keys SET scopes = '[\"calls:read\"]' WHERE id = ?").bind(limited.row.id).run();
    expect((await ask(limited.key)).status).toBe(403);
  });

  it("is answered alike where it was refused, but not where the server failed", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const missing = (api = apiClient()) => api.post("/v1/campaigns", { key, headers: named("one"), body: {} });
    const refused = await missing();
    expect(refused.status).toBe(422);
    expect((await missing()).headers.get("idempotency-replayed")).toBe("true");
    let fails = true;
    const failing = new Proxy(env.DB, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...given: unknown[]) => {
          if (fails && name === "prepare" && /insert into "campaigns"/i.test(String(given[0])))
            throw new Error("the database is away");
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
    const api = apiClient({ db: openDatabase(failing) });
    const ask = () => api.post("/v1/campaigns", { key, headers: named("two"), body: { name: "Sales" } });
    expect((await ask()).status).toBe(500);
    fails = false;
    const again = await ask();
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, null]);
    expect(await countOf("campaigns", id)).toBe(1);
  });

  it("forgets the answer after a day", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const ask = (now: number) =>
      apiClient({ now: () => now }).post("/v1/campaigns", { key, headers: named("one"), body: { name: "Sales" } });
    await ask(NOON);
    expect((await ask(NOON + DAY - 1)).headers.get("idempotency-replayed")).toBe("true");
    expect((await ask(NOON + DAY)).headers.get("idempotency-replayed")).toBeNull();
    expect(await countOf("idempotency_keys", id)).toBe(1);
    await runBatch(db, [forgetOldKeys(db, NOON + 2 * DAY, 1_000)]);
    expect(await countOf("idempotency_keys", id)).toBe(0);
  });

  it("takes over from a run that died before it changed anything, and not from one that may be alive", async ({
    expect,
  }) => {
    const { id, key } = await mintOrganization(db);
    const ask = (now: number) =>
      apiClient({ now: () => now }).post("/v1/campaigns", { key, headers: named("one"), body: { name: "Sales" } });
    await ask(NOON);
    await env.DB.prepare("UPDATE idempotency_keys SET answer = NULL, acted = 0 WHERE organization_id = ?")
      .bind(id)
      .run();
    expect((await ask(NOON + MINUTE)).body.code).toBe("idempotency_in_progress");
    expect((await ask(NOON + 3 * MINUTE)).status).toBe(201);
  });

  it("writes nothing once another run took the key over", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    let isFirst = true;
    const late = aroundWrites(env.DB, {
      before: async () => {
        if (isFirst)
          await env.DB.prepare("UPDATE idempotency_keys SET claim = 'another' WHERE organization_id = ?")
            .bind(id)
            .run();
      },
    });
    const api = apiClient({ db: openDatabase(late) });
    const answer = await api.post("/v1/campaigns", { key, headers: named("one"), body: { name: "Sales" } });
    isFirst = false;
    expect([answer.status, answer.body.code]).toEqual([409, "idempotency_in_progress"]);
    expect(await countOf("campaigns", id)).toBe(0);
  });

  it("keeps answers sealed, large ones in R2, and deletes those when they are over", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const emails = Array.from({ length: 100 }, (_, at) => `${"x".repeat(60)}${at}@acme.example`);
    const ask = () =>
      apiClient().post("/v1/invitations", { key, headers: named("one"), body: { emails, role: "viewer" } });
    const first = await ask();
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    const row = await env.DB.prepare("SELECT * FROM idempotency_keys WHERE organization_id = ?").bind(id).first();
    expect(row).toMatchObject({ answer: null, answer_key: expect.stringMatching(/^idempotency\//) });
    const stored = await env.BUCKET.get(String(row?.["answer_key"]));
    expect(await stored?.text()).toMatch(/^v\d+\./);
    expect((await ask()).body).toEqual(first.body);
    expect(await sweepAnswers({ db, bucket: env.BUCKET }, NOON, 100)).toBe(0);
    await runBatch(db, [forgetOldKeys(db, Date.now() + 2 * DAY, 10_000)]);
    await sweepAnswers({ db, bucket: env.BUCKET }, Date.now() + 2 * DAY, 100);
    expect(await env.BUCKET.head(String(row?.["answer_key"]))).toBeNull();
  });

  it("loses its answer, and is not carried out again, where the call is erased", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const call = await mintCall(db, id, { quarantine: "unknown_campaign" });
    const other = await mintCall(db, id, { quarantine: "unknown_campaign" });
    const api = apiClient();
    const ask = (callId: string) =>
      api.post(`/v1/calls/${callId}/campaign`, { key, headers: named("one"), body: { campaign_id: campaign.id } });
    const first = await ask(call.id);
    expect((await ask(other.id)).status).toBe(first.status);
    expect(
      await eraseAnswersOfCalls({ db, bucket: env.BUCKET }, { organizationId: call.organizationId, ids: [call.id] }),
    ).toBe(1);
    expect((await ask(call.id)).body.code).toMatch(/^idempotency_(?:answer_lost|in_progress)$/);
    expect((await ask(other.id)).headers.get("idempotency-replayed")).toBe("true");
    await eraseKeysOfOrganization({ db, bucket: env.BUCKET }, id);
    expect(await countOf("idempotency_keys", id)).toBe(0);
  });

  it("refuses a key that is none", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    for (const wrong of ["", "x".repeat(256), "señal"])
      expect(
        (await apiClient().post("/v1/campaigns", { key, headers: named(wrong), body: { name: "Sales" } })).status,
      ).toBe(400);
  });

  it("never does anything twice, whatever was sent before", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const sent = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("Sales", "Support"), async (name, body) => {
        const answer = await api.post("/v1/campaigns", { key, headers: named(name), body: { name: body } });
        const known = sent.get(name);
        expect(answer.status).toBe(known === undefined || known === body ? 201 : 409);
        if (known === undefined) sent.set(name, body);
        expect(await countOf("campaigns", id)).toBe(sent.size);
      }),
      { numRuns: 40 },
    );
  });
});

/** Rows of everything that an operation may change, but for the log, the keys themselves and notes of use. */
async function stateOf(organizationId: string): Promise<Record<string, unknown[]>> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%organization_id%' AND name NOT LIKE 'audit%'",
  ).all<{ name: string }>();
  const names = results
    .map(({ name }) => name)
    .filter((name) => name !== "idempotency_keys" && name !== "request_quotas");
  const read = (name: string) => env.DB.prepare(`SELECT * FROM ${name} WHERE organization_id = ?`).bind(organizationId);
  // One question for all: seventy, hundreds of times, were most of this file's time.
  const tables = await env.DB.batch<object>(names.map(read));
  const rowsOf = (rows: object[]) => rows.map((row) => JSON.stringify({ ...row, last_used_at: null })).toSorted();
  return Object.fromEntries(names.map((name, index) => [name, rowsOf(tables[index]?.results ?? [])]));
}

/** Endpoints have two addresses, and uploads in parts their own way to go on. */
const POSTS = Object.entries(CASES).filter(
  ([name]) => name.startsWith("POST ") && !/ \/v1\/(?:webhooks|part-uploads)/.test(name),
);

describe("every POST of the API", () => {
  it.for(POSTS)("%s is carried out once under one key", async ([name, one], { expect }) => {
    const world: World = await mintWorld();
    const api = apiClient();
    api.log.push(deliveryFor(name));
    await one.before?.(world, api);
    const ask = () => run(name, one, world, api, named("one"));
    const first = await ask();
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    const after = await stateOf(world.organization.id);
    const outside = JSON.stringify(api.recorded);
    const second = await ask();
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(await stateOf(world.organization.id)).toEqual(after);
    expect(JSON.stringify(api.recorded)).toBe(outside);
  });

  it.for(POSTS)("%s changes nothing twice where its process dies after the change", async ([name, one], { expect }) => {
    const world: World = await mintWorld();
    await one.before?.(world, apiClient());
    let dies = true;
    let batches = 0;
    const mortal = aroundWrites(env.DB, {
      after: async () => {
        // The first batch is the claim of the key.
        batches += 1;
        if (dies && batches > 1) throw new Error("the process is gone");
      },
    });
    const api = apiClient({ db: openDatabase(mortal) });
    api.log.push(deliveryFor(name));
    await run(name, one, world, api, named("one"));
    dies = false;
    const after = await stateOf(world.organization.id);
    const again = await run(name, one, world, api, named("one"));
    expect([name, again.status < 300 || again.body.code === "idempotency_answer_lost"]).toEqual([name, true]);
    const isDoneNow = again.status < 300 && again.headers.get("idempotency-replayed") === null;
    // It was carried out, or it had changed nothing: in no case was it carried out twice.
    if (!isDoneNow) expect(await stateOf(world.organization.id)).toEqual(after);
    else expect(DONE_ELSEWHERE).toContain(name.replace("POST ", ""));
  });

  it.for(POSTS.filter(([name]) => DONE_ELSEWHERE.has(name.replace("POST ", ""))))(
    "%s is done again where its process dies before the answer is stored, as its description says",
    async ([name, one], { expect }) => {
      const world: World = await mintWorld();
      await one.before?.(world, apiClient());
      let batches = 0;
      const mortal = aroundWrites(env.DB, {
        before: async () => {
          batches += 1;
          if (batches === 2) throw new Error("the process is gone");
        },
      });
      const api = apiClient({ db: openDatabase(mortal) });
      api.log.push(deliveryFor(name));
      await run(name, one, world, api, named("one"));
      await env.DB.prepare("UPDATE idempotency_keys SET lease_until = 0 WHERE organization_id = ?")
        .bind(world.organization.id)
        .run();
      const again = await run(name, one, world, api, named("one"));
      expect([name, again.status < 300, again.headers.get("idempotency-replayed")]).toEqual([name, true, null]);
    },
  );
});
