import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { apiKeys } from "../../src/db/schema";
import { FULL_REACH, revokeApiKey, rotateApiKey, systemAct, type NewApiKey } from "../../src/identity";
import { ingestEdge } from "../../src/ingest";
import { FOUND_TTL } from "../../src/ingest/lookup-cache";
import { HOUR, SECOND } from "../../src/lib/time";
import { PLATFORMS } from "../../src/platforms";
import type { IngestMessage } from "../../src/queues/messages";
import { createSource, defaultSourceOf } from "../../src/sources";
import { mintApiKey, mintOrganization, TEST_MASTER_KEYS } from "../factories";
import { renderAnura } from "../fixtures/anura-template";

const db = openDatabase(env.DB);
const ALL_RIGHTS = { scopes: null, campaignId: null, sourceId: null, expiresAt: null };

let clock = Date.parse("2026-02-10T14:00:00Z");
let inbox: IngestMessage[] = [];
let behind: Promise<unknown>[] = [];
let app = makeApp();
let organizationId = "";

function makeApp() {
  return ingestEdge(() => ({
    db,
    bucket: env.BUCKET,
    inbox: { put: async (message) => void inbox.push(structuredClone(message)) },
    masterKeys: TEST_MASTER_KEYS,
    now: () => clock,
    limits: { proven: async () => true, refused: async () => true },
    waitUntil: (work) => void behind.push(work),
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: () => Promise.reject(new Error("ingest fetches nothing in these tests")),
    pause: async () => {},
    publicAddressOf: (request) => request.url,
    log: () => {},
  }));
}

beforeEach(async () => {
  clock += 3 * HOUR;
  inbox = [];
  behind = [];
  app = makeApp();
  organizationId = (await mintOrganization(db)).id;
});

/** Every way to send a key to `/webhook`. */
const WAYS: ((key: string) => Record<string, string>)[] = [
  (key) => ({ "x-api-key": key }),
  (key) => ({ authorization: `Bearer ${key}` }),
  (key) => ({ "x-auth-token": key }),
  (key) => ({ authorization: `Basic ${btoa(`switch:${key}`)}` }),
];

async function send(path: string, headers: Record<string, string>, body = renderAnura()) {
  const request = new Request(`https://trunkline.test${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const response = await app.fetch(request, env, createExecutionContext());
  const answer: Record<string, unknown> = await response.json();
  return { status: response.status, reason: answer["reason"], message: answer["message"] };
}

const post = (path: string, key: string) => send(path, { "x-api-key": key });

async function keyOf(input: Partial<NewApiKey>): Promise<string> {
  return (await mintApiKey(db, { organizationId, ...input })).key;
}

async function makeSource(): Promise<string> {
  const input = { organizationId, name: "Anura" };
  const made = await createSource(
    { db, masterKeys: TEST_MASTER_KEYS },
    PLATFORMS.anura,
    { ...input, reach: FULL_REACH },
    systemAct(clock),
  );
  if (!made.ok) throw new Error("not made");
  return made.value.source.id;
}

describe("the rights of a key at /webhook", () => {
  it("must include notices:write, however the key is sent", async ({ expect }) => {
    const [sending, reading] = [await keyOf({ scopes: ["notices:write"] }), await keyOf({ scopes: ["calls:read"] })];
    const own = await makeSource();
    for (const path of ["/webhook/anura", "/webhook/anura/", `/webhook/anura/${own}`, `/webhook/anura/${own}/`])
      for (const way of WAYS) {
        expect((await send(path, way(sending))).status).toBe(200);
        expect(await send(path, way(reading))).toMatchObject({ status: 403, reason: "permission_missing" });
      }
    const both = { "x-api-key": sending, authorization: `Bearer ${reading}` };
    expect((await send("/webhook/anura/", both)).status).toBe(403);
  });

  it("chooses the source of a shared path, and refuses another source", async ({ expect }) => {
    await makeSource();
    const [mine, other] = [await makeSource(), await makeSource()];
    const key = await keyOf({ sourceId: mine });
    expect((await post("/webhook/anura/", key)).status).toBe(200);
    expect(inbox.at(-1)).toMatchObject({ organizationId, sourceId: mine, campaignLimit: null });
    expect((await post(`/webhook/anura/${mine}`, key)).status).toBe(200);
    const sent = inbox.filter(({ verdict }) => verdict === "accepted").length;
    expect(await post(`/webhook/anura/${other}`, key)).toMatchObject({ status: 403, reason: "source_not_allowed" });
    expect(await post("/webhook/anura/src_00000000000000000000000000", key)).toMatchObject({ status: 404 });
    expect(inbox.filter(({ verdict }) => verdict === "accepted")).toHaveLength(sent);
  });

  it("of one source and one campaign pass on both", async ({ expect }) => {
    const sourceId = await defaultSourceOf("anura", organizationId);
    expect(await makeSource()).toBe(sourceId);
    const key = await keyOf({ sourceId, campaignId: "cmp_1", scopes: ["notices:write"] });
    expect((await post("/webhook/anura/", key)).status).toBe(200);
    expect(inbox.at(-1)).toMatchObject({ sourceId, campaignLimit: "cmp_1" });
  });

  it("end at their time, also in the cache, with the answer that an unknown key gets", async ({ expect }) => {
    const end = clock + 10 * SECOND;
    const key = await keyOf({ expiresAt: end });
    expect((await post("/webhook/anura/", key)).status).toBe(200);
    clock = end - 1;
    expect((await post("/webhook/anura/", key)).status).toBe(200);
    clock = end;
    const late = await post("/webhook/anura/", key);
    expect(late.status).toBe(401);
    expect(late).toEqual(await post("/webhook/anura/", `tk_${"0".repeat(40)}`));
  });

  it("end within the time of the cache after a revocation or a rotation without overlap", async ({ expect }) => {
    const keys = [await mintApiKey(db, { organizationId }), await mintApiKey(db, { organizationId })];
    for (const { key } of keys) expect((await post("/webhook/anura/", key)).status).toBe(200);
    const [first, second] = keys.map(({ row }) => ({ organizationId, reach: FULL_REACH, id: row.id }));
    if (!first || !second) throw new Error("no keys");
    await revokeApiKey({ db }, first, systemAct(clock));
    const rotated = await rotateApiKey({ db }, second, 0, { ...ALL_RIGHTS, reach: FULL_REACH }, systemAct(clock));
    if (!rotated.ok) throw new Error("not rotated");
    clock += FOUND_TTL;
    for (const { key } of keys) expect((await post("/webhook/anura/", key)).status).toBe(401);
    expect((await post("/webhook/anura/", rotated.value.key)).status).toBe(200);
  });

  it("note the last use behind the answer, once an hour", async ({ expect }) => {
    const { key, row } = await mintApiKey(db, { organizationId });
    const lastUse = async () => {
      await Promise.all(behind);
      return (await db.select().from(apiKeys).where(eq(apiKeys.id, row.id)).get())?.lastUsedAt;
    };
    const first = clock;
    await post("/webhook/anura/", key);
    expect(await lastUse()).toBe(first);
    clock += FOUND_TTL;
    await post("/webhook/anura/", key);
    expect(await lastUse()).toBe(first);
    clock = first + HOUR;
    await post("/webhook/anura/", key);
    expect(await lastUse()).toBe(clock);
  });
});
