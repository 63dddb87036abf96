import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { openDatabase } from "../../src/db/client";
import { createToken, FULL_REACH, revokeApiKey, systemAct, type Caller } from "../../src/identity";
import { ingestEdge } from "../../src/ingest";
import { FOUND_TTL } from "../../src/ingest/lookup-cache";
import { HOUR, MINUTE, SECOND } from "../../src/lib/time";
import type { IngestMessage } from "../../src/queues/messages";
import { mintApiKey, mintOrganization, mintTokenIssuer, NOON, TEST_MASTER_KEYS } from "../factories";
import { renderAnura } from "../fixtures/anura-template";
import { newIssuer } from "./api/issuer";

const realDb = openDatabase(env.DB);

let clock = NOON;
let inbox: IngestMessage[] = [];
let asked = 0;
let issuer: Awaited<ReturnType<typeof newIssuer>>;
let app: ReturnType<typeof ingestEdge>;
let organizationId = "";

/** The database, counting how often it is asked. */
const db = new Proxy(realDb, {
  get: (target, name: keyof typeof realDb) => {
    if (["select", "batch", "all", "run", "update", "insert"].includes(name)) asked += 1;
    return target[name];
  },
});

beforeEach(async () => {
  clock = NOON;
  inbox = [];
  issuer = await newIssuer("ES256");
  app = ingestEdge(() => ({
    db,
    bucket: env.BUCKET,
    inbox: { put: async (message) => void inbox.push(structuredClone(message)) },
    masterKeys: TEST_MASTER_KEYS,
    guardPolicy: { allowPrivateAddresses: false, ownHosts: [] },
    fetch: issuer.fetch,
    now: () => clock,
    limits: { proven: async () => true, refused: async () => true },
    waitUntil: (work) => void work,
    pause: async () => {},
    publicAddressOf: (request) => request.url,
    log: () => {},
  }));
  organizationId = (await mintOrganization(realDb)).id;
});

async function send(headers: Record<string, string>): Promise<number> {
  const request = new Request("https://trunkline.test/webhook/anura/", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: renderAnura(),
  });
  const response = await app.fetch(request, env, createExecutionContext());
  await response.arrayBuffer();
  return response.status;
}

async function tokenOf(keyId: string, scopes?: string[]): Promise<string> {
  const all = { scopes: null, campaignId: null, sourceId: null, expiresAt: null, reach: FULL_REACH };
  const caller: Caller = { ...all, organizationId, actor: { kind: "apiKey", id: keyId }, unnoted: [] };
  const made = await createToken(
    { masterKeys: TEST_MASTER_KEYS },
    caller,
    { scopes, lifetime: HOUR },
    systemAct(clock),
  );
  if (!made.ok) throw new Error("no token");
  return made.value.token;
}

describe("a token at /webhook", () => {
  it("of ours is taken in each header, with the rights of its key, and asks the database once", async ({ expect }) => {
    const { row } = await mintApiKey(realDb, { organizationId, campaignId: "cmp_1" });
    const token = await tokenOf(row.id);
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { "x-api-key": token },
      { "x-auth-token": token },
    ] as Record<string, string>[])
      expect(await send(headers)).toBe(200);
    expect(inbox.at(-1)).toMatchObject({ organizationId, campaignLimit: "cmp_1" });
    asked = 0;
    clock += SECOND;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    expect(asked).toBe(0);
    const narrowed = await tokenOf(row.id, ["uploads:read"]);
    expect(await send({ authorization: `Bearer ${narrowed}` })).toBe(403);
  });

  it("of an issuer that is limited to one campaign sends into it, and with more to none", async ({ expect }) => {
    const rule = { claim: "sub", scopes: ["notices:write"], role: null };
    const { audience } = await mintTokenIssuer(realDb, organizationId, {
      issuer: issuer.issuer,
      keysUrl: issuer.url,
      algorithms: ["ES256"],
      rules: [
        { ...rule, value: "one", campaigns: ["cmp_1"] },
        { ...rule, value: "two", campaigns: ["cmp_1", "cmp_2"] },
      ],
    });
    const as = async (sub: string) => ({ authorization: `Bearer ${await issuer.sign(audience, { sub })}` });
    expect(await send(await as("one"))).toBe(200);
    expect(inbox.at(-1)).toMatchObject({ organizationId, campaignLimit: "cmp_1" });
    expect(await send(await as("two"))).toBe(403);
  });

  it("of ours ends to the second, also in the cache", async ({ expect }) => {
    const { row } = await mintApiKey(realDb, { organizationId });
    const token = await tokenOf(row.id);
    clock = NOON + 15 * MINUTE - 1;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    clock = NOON + 15 * MINUTE;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(401);
  });

  it("of ours is dead with its key, within the time of the cache", async ({ expect }) => {
    const { row } = await mintApiKey(realDb, { organizationId });
    const token = await tokenOf(row.id);
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    await revokeApiKey({ db: realDb }, { organizationId, reach: FULL_REACH, id: row.id }, systemAct(clock));
    clock += FOUND_TTL;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(401);
  });

  it("of an issuer is taken by its rules, and a warm one asks neither the database nor the issuer", async ({
    expect,
  }) => {
    const { audience } = await mintTokenIssuer(realDb, organizationId, {
      issuer: issuer.issuer,
      keysUrl: issuer.url,
      algorithms: ["ES256"],
      rules: [{ claim: "sub", value: "switch", scopes: ["notices:write"], role: null }],
    });
    const token = await issuer.sign(audience, { sub: "switch" });
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    expect(inbox.at(-1)).toMatchObject({ organizationId });
    asked = 0;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(200);
    expect(asked).toBe(0);
    expect(issuer.asked).toHaveLength(1);
    expect(await send({ authorization: `Bearer ${await issuer.sign(audience, { sub: "alice" })}` })).toBe(403);
    expect(await send({ authorization: `Bearer ${await issuer.sign("other", { sub: "switch" })}` })).toBe(401);
    clock += HOUR + MINUTE;
    expect(await send({ authorization: `Bearer ${token}` })).toBe(401);
  });
});
