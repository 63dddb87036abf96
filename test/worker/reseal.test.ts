import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "../../src/config";
import { contextOf, SEALED_PLACES } from "../../src/db/sealed-places";
import {
  campaignActions,
  companySecrets,
  connectors,
  engines,
  endpoints,
  idempotencyKeys,
  masterKeyVersions,
  sources,
  userTotp,
} from "../../src/db/schema";
import { attempt } from "../../src/delivery/object/attempt";
import { endpointObjects } from "../../src/delivery";
import { openHeaders, openSecrets, updateEndpoint } from "../../src/delivery/endpoints";
import { beginTotp } from "../../src/identity";
import { seal, type MasterKeys } from "../../src/lib/seal";
import { DAY } from "../../src/lib/time";
import { RESEAL_START, resealValues, readSealing } from "../../src/sealing";
import {
  mintEndpoint,
  mintConnector,
  mintOrganization,
  mintSource,
  NOON,
  openDatabase,
  TEST_MASTER_KEYS,
} from "../factories";
import { apiClient, db } from "./api/client";
import { aroundWrites } from "./around-writes";
import { event, newEndpoint, subscriber } from "./subscriber";

const ADMIN_ACT = { actor: { kind: "admin" as const }, now: NOON };
const token = { authorization: "Bearer operator-token-for-tests-only" };
const ROTATED: MasterKeys = new Map([...TEST_MASTER_KEYS, [2, new Uint8Array(32).fill(2)]]);
const SEALED = /v(\d+)\.[A-Za-z0-9+/]{38,}/;

const objects = endpointObjects(env.ENDPOINTS);

/** The API of a deployment with these keys, and the objects behind it. */
function apiWith(keys: MasterKeys, now = NOON) {
  const config = { ...readConfig(env), masterKeys: keys };
  return apiClient({ config, masterKeys: keys, endpointObjects: objects, now: () => now });
}

/** One of everything that is sealed, made as people make it. */
async function sealEverything(api = apiWith(TEST_MASTER_KEYS)) {
  const { id: organizationId, key } = await mintOrganization(db);
  const campaign = await api.post("/v1/campaigns", { key, body: { name: "Sales" } });
  const source = await api.post("/v1/sources", {
    key,
    body: {
      kind: "twilio",
      name: "Twilio",
      campaign_id: campaign.body.id,
      secret: "0123456789abcdef0123456789abcdef",
      credentials: { account_sid: `AC${"0".repeat(32)}`, auth_token: "0123456789abcdef0123456789abcdef" },
    },
  });
  expect(source).toMatchObject({ status: 201 });
  const hook = { url: "https://subscriber.test/", events: ["*"] };
  const company = await api.post("/v1/endpoints", { key, body: { ...hook, profile: "voicesense" } });
  const posts = { kind: "webhook", name: "Tell the CRM", url: "https://crm.example.com/" };
  await api.put(`/v1/campaigns/${campaign.body.id}/actions`, { key, body: { actions: [posts] } });
  await api.post("/v1/engines", { key, body: { name: "deepgram", kind: "deepgram", key: "dg-secret" } });
  const headers = { "X-Tenant": "acme-17", "Content-Type": "application/json" };
  const endpoint = await api.post("/v1/endpoints", { key, body: { ...hook, headers, shards: 3 } });
  await beginTotp({ db, masterKeys: TEST_MASTER_KEYS }, { userId: "usr_1", account: "ana" }, ADMIN_ACT);
  return { organizationId, key, sourceId: source.body.id, companyEndpoint: company.body, endpoint: endpoint.body };
}

/** Every text of the database, by table and column. */
async function texts(): Promise<{ place: string; text: string }[]> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*'",
  ).all<{ name: string }>();
  const rows = await Promise.all(
    tables.map(async ({ name }) =>
      (await env.DB.prepare(`SELECT * FROM ${name}`).all()).results.map((row) => [name, row] as const),
    ),
  );
  return rows
    .flat()
    .flatMap(([table, row]) =>
      Object.entries(row).flatMap(([column, value]) =>
        typeof value === "string" ? [{ place: `${table}.${column}`, text: value }] : [],
      ),
    );
}

async function versionsStored(): Promise<string[]> {
  return (await texts()).flatMap(({ text }) =>
    [...text.matchAll(new RegExp(SEALED, "g"))].map(([, version]) => version ?? ""),
  );
}

async function runToEnd(api: ReturnType<typeof apiWith>, limit: number) {
  const turns = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { status, body } = await api.post(
      `/admin/master-keys/reseal?limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`,
      { headers: token },
    );
    expect(status).toBe(200);
    turns.push(body);
    cursor = body.next_cursor;
  }
  return turns;
}

beforeEach(async () => {
  await env.DB.batch(
    [
      endpoints,
      sources,
      connectors,
      campaignActions,
      engines,
      companySecrets,
      masterKeyVersions,
      userTotp,
      idempotencyKeys,
    ].map((table) => {
      const { sql, params } = db.delete(table).toSQL();
      return env.DB.prepare(sql).bind(...params);
    }),
  );
});

afterEach(() => vi.restoreAllMocks());

describe("sealing anew", () => {
  it("knows every column that holds sealed values", async () => {
    const api = apiWith(TEST_MASTER_KEYS);
    const { key, organizationId } = await sealEverything(api);
    await mintConnector(db, organizationId);
    // Answers are kept for a day, and sealed anew as all others.
    await api.post("/v1/campaigns", { key, headers: { "idempotency-key": "one" }, body: { name: "Support" } });
    const found = new Set((await texts()).filter(({ text }) => SEALED.test(text)).map(({ place }) => place));
    // A new sealed column belongs into SEALED_PLACES, and what fills it into `sealEverything`.
    expect([...found].toSorted()).toEqual(Object.keys(SEALED_PLACES).toSorted());
  });

  it("seals every value and every object's copy with the newest key, part by part, and says when the old one may go", async () => {
    const made = await sealEverything();
    const api = apiWith(ROTATED);
    const state = async (now = NOON) =>
      (await apiWith(ROTATED, now).get("/admin/master-keys", { headers: token })).body;
    expect(await state()).toMatchObject({
      newest: 2,
      versions: [
        { version: 2, configured: true, values: 0, links_end_at: null, tokens_end_at: null, removable: false },
        { version: 1, configured: true, values: 9, tokens_end_at: "2026-08-20T14:15:00.000Z", removable: false },
      ],
      unconfirmed_copies: 2,
    });
    const turns = await runToEnd(api, 1);
    expect(turns.length).toBeGreaterThan(3);
    expect(turns.flatMap((turn) => [...turn.unreadable, ...turn.unreached])).toEqual([]);
    expect(new Set(await versionsStored())).toEqual(new Set(["2"]));
    for (const shard of [0, 1, 2])
      await runInDurableObject(env.ENDPOINTS.getByName(`${made.endpoint.id}/${shard}`), (_, storage) => {
        const { config } = storage.storage.sql.exec<{ config: string }>("SELECT config FROM endpoint").one();
        expect(config).toMatch(/v2\./);
        expect(config).not.toMatch(/v1\.[A-Za-z0-9+/]{38,}/);
        expect(config).not.toContain("acme-17");
      });

    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.endpoint.id)).get();
    expect(await openHeaders(ROTATED, made.endpoint.id, row!.headers)).toEqual({
      "X-Tenant": "acme-17",
      "Content-Type": "application/json",
    });
    const revealed = await api.post(`/v1/endpoints/${made.endpoint.id}/reveal-secret`, { key: made.key });
    expect(revealed.body.signing_secret).toBe(made.endpoint.signing_secret);

    expect((await state()).versions[1]).toMatchObject({ version: 1, values: 0, removable: false });
    expect(await state(NOON + DAY)).toMatchObject({
      versions: [
        { version: 2, removable: false },
        { version: 1, removable: true },
      ],
      unconfirmed_copies: 0,
    });
    const again = await runToEnd(api, 200);
    expect(again).toEqual([{ resealed: 0, changed: 0, unreadable: [], unreached: [], next_cursor: null }]);
  });

  it("seals header values that an earlier version stored as they are", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const { id } = await mintEndpoint(db, organizationId, { headers: { "X-Tenant": "acme-17" } });
    expect(await readSealing(db, TEST_MASTER_KEYS, NOON)).toMatchObject({ plainHeaders: 1, unconfirmedCopies: 1 });
    await runToEnd(apiWith(TEST_MASTER_KEYS), 200);
    expect(await readSealing(db, TEST_MASTER_KEYS, NOON)).toMatchObject({ plainHeaders: 0, unconfirmedCopies: 0 });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, id)).get();
    expect(JSON.stringify(row)).not.toContain("acme-17");
    expect(await openHeaders(TEST_MASTER_KEYS, id, row!.headers)).toEqual({ "X-Tenant": "acme-17" });
  });

  it("leaves to others what they write at the same time", async () => {
    const made = await sealEverything();
    const fresh = await seal(ROTATED, contextOf("sources.secrets", made.sourceId), '["another secret"]');
    const before = async () => db.update(sources).set({ secrets: fresh }).where(eq(sources.id, made.sourceId));
    const racing = openDatabase(aroundWrites(env.DB, { before }));
    const deps = { db: racing, masterKeys: ROTATED, endpointObjects: objects, now: () => NOON };
    const turn = await resealValues(deps, RESEAL_START, 1);
    expect(turn).toMatchObject({ resealed: 0, changed: 1 });
    expect(await db.select().from(sources).where(eq(sources.id, made.sourceId)).get()).toMatchObject({
      secrets: fresh,
    });
  });

  it("does not count an endpoint whose objects got what somebody else wrote meanwhile", async () => {
    const made = await sealEverything();
    const target = { organizationId: made.organizationId, id: made.endpoint.id };
    const { guardPolicy } = apiWith(ROTATED).deps;
    const changing = {
      configure: async (row: Parameters<typeof objects.configure>[0]) => {
        await objects.configure(row);
        if (row.id !== target.id) return;
        const deps = { db, masterKeys: ROTATED, guardPolicy, endpointObjects: objects };
        await updateEndpoint(deps, target, { description: "renamed" }, ADMIN_ACT);
      },
    };
    const deps = { db, masterKeys: ROTATED, endpointObjects: changing, now: () => NOON };
    expect(await resealValues(deps, RESEAL_START, 200)).toMatchObject({ changed: 1, next: null });
    expect(await readSealing(db, ROTATED, NOON)).toMatchObject({ unconfirmedCopies: 1 });
    await resealValues({ ...deps, endpointObjects: objects }, RESEAL_START, 200);
    expect(await readSealing(db, ROTATED, NOON)).toMatchObject({ unconfirmedCopies: 0 });
    expect(await db.select().from(endpoints).where(eq(endpoints.id, target.id)).get()).toMatchObject({
      description: "renamed",
    });
  });

  it("steps over what does not open, names it, and tries objects again that did not answer", async () => {
    const { id: organizationId } = await mintOrganization(db);
    const lost = new Map([[9, new Uint8Array(32).fill(9)]]);
    const ids = ["src_1", "src_2"];
    for (const id of ids)
      await mintSource(db, organizationId, {
        id,
        secrets: await seal(id === "src_1" ? lost : TEST_MASTER_KEYS, contextOf("sources.secrets", id), "[]"),
      });
    const { id: endpointId } = await mintEndpoint(db, organizationId);
    const deps = { db, masterKeys: ROTATED, endpointObjects: objects, now: () => NOON };
    const deaf = { configure: () => Promise.reject(new Error("no object answers")) };
    expect(await resealValues({ ...deps, endpointObjects: deaf }, RESEAL_START, 200)).toEqual({
      resealed: 1,
      changed: 0,
      unreadable: [{ place: "sources.secrets", id: "src_1" }],
      unreached: [endpointId],
      next: null,
    });
    expect((await readSealing(db, ROTATED, NOON)).versions).toMatchObject([
      { version: 9, configured: false, values: 1, removable: false },
      { version: 2, values: 2 },
      { version: 1, values: 0, removable: false },
    ]);
    expect(await resealValues(deps, RESEAL_START, 200)).toMatchObject({ resealed: 1, unreached: [] });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, endpointId)).get();
    expect(await openSecrets(ROTATED, endpointId, row!.secrets)).toHaveLength(1);
  });

  it("opens to the admin only, and refuses a cursor it did not make", async () => {
    const { key } = await mintOrganization(db);
    const api = apiWith(TEST_MASTER_KEYS);
    expect((await api.get("/admin/master-keys", { key })).status).toBe(401);
    expect((await api.post("/admin/master-keys/reseal", { key })).status).toBe(401);
    expect((await api.post("/admin/master-keys/reseal?cursor=e30", { headers: token })).status).toBe(422);
  });
});

describe("the subscriber's own headers", () => {
  it("are sealed in the object too, sent as they were given, and nowhere in the log, not even in an answer that echoes them", async () => {
    const value = 'tok_"9f3k2m7q"';
    const { key } = await mintOrganization(db);
    const api = apiWith(TEST_MASTER_KEYS);
    const hits = subscriber(
      (hit) => new Response(JSON.stringify(hit.headers), { headers: { "x-echo": hit.headers["x-tenant"] ?? "" } }),
    );
    const body = { url: "https://subscriber.test/", events: ["call.completed"], headers: { "X-Tenant": value } };
    const made = await api.post("/v1/endpoints", { key, body });
    expect(made.body.headers).toEqual({ "X-Tenant": "[hidden]" });
    const tested = await api.post(`/v1/endpoints/${made.body.id}/test`, { key });
    expect(hits.at(-1)?.headers["x-tenant"]).toBe(value);
    expect(tested.body.attempts[0]).toMatchObject({ status: 200, request: { headers: { "x-tenant": "[hidden]" } } });
    expect(JSON.stringify(tested.body)).not.toContain("9f3k2m7q");
    await runInDurableObject(env.ENDPOINTS.getByName(`${made.body.id}/0`), (_, { storage }) => {
      for (const table of ["endpoint", "deliveries"]) {
        const rows = storage.sql.exec(`SELECT * FROM ${table}`).toArray();
        expect(rows).not.toEqual([]);
        expect(JSON.stringify(rows)).not.toContain("9f3k2m7q");
      }
    });
  });

  it("are sent where an earlier version stored them as they are", async () => {
    const hits = subscriber();
    const { config, object } = await newEndpoint({ headers: { "x-tenant": "acme-17" } });
    await object().enqueue(config, [event("a", 1)]);
    await vi.waitFor(() => expect(hits.map((hit) => hit.headers["x-tenant"])).toEqual(["acme-17"]));
  });

  it("make a Worker from before sealing fail the attempt and retry it, instead of sending what nobody reads", async () => {
    const { key } = await mintOrganization(db);
    const body = { url: "https://subscriber.test/", events: ["*"], headers: { "X-Tenant": "acme-17" } };
    const made = await apiWith(TEST_MASTER_KEYS).post("/v1/endpoints", { key, body });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.body.id)).get();
    const sent: Request[] = [];
    const fetcher: typeof fetch = async (input, init) => {
      sent.push(new Request(input, init));
      return new Response("ok");
    };
    const request = { method: "POST" as const, headers: row!.headers, body: "{}" };
    expect(await attempt("https://subscriber.test/", request, 1_000, fetcher, () => NOON)).toMatchObject({
      status: null,
      error: "unknown",
    });
    expect(sent).toEqual([]);
  });

  it("go from the database and from the objects when the endpoint is deleted", async () => {
    const { key } = await mintOrganization(db);
    const api = apiWith(TEST_MASTER_KEYS);
    const body = { url: "https://subscriber.test/", events: ["*"], headers: { "X-Tenant": "acme-17" } };
    const { id } = (await api.post("/v1/endpoints", { key, body })).body;
    await api.delete(`/v1/endpoints/${id}`, { key });
    expect(await versionsStored()).toEqual([]);
    await runInDurableObject(env.ENDPOINTS.getByName(`${id}/0`), (_, { storage }) => {
      const { config } = storage.sql.exec<{ config: string }>("SELECT config FROM endpoint").one();
      expect(JSON.parse(config)).toMatchObject({ deleted: true, secrets: "", headers: {} });
    });
  });
});
