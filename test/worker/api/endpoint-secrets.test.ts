import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { openDatabase, type Database } from "../../../src/db/client";
import { endpoints } from "../../../src/db/schema";
import { createEndpoint, openSecrets, regenerateCompanySecret } from "../../../src/delivery";
import { v1aSignature } from "../../../src/delivery/profiles/ed25519";
import {
  ACT_AT_NOON,
  mintApiKey,
  mintCampaign,
  mintEndpoint,
  mintOrganization,
  NOON,
  TEST_MASTER_KEYS,
} from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const body = { url: "https://subscriber.test/hooks", events: ["*"] };

/** The API at a moment of our choosing. */
function apiAt(now: number) {
  return apiClient({ now: () => now });
}

async function secretsOf(id: string) {
  const row = await db.select().from(endpoints).where(eq(endpoints.id, id)).get();
  return openSecrets(TEST_MASTER_KEYS, id, row?.secrets ?? "");
}

/** The database, with something of somebody else happening right before its first batch. */
function interrupted(first: () => Promise<unknown>): Database {
  let waiting = true;
  const client = new Proxy(env.DB, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "batch" || !waiting) return value.bind(target);
      return async (statements: D1PreparedStatement[]) => {
        waiting = false;
        await first();
        return target.batch(statements);
      };
    },
  });
  return openDatabase(client);
}

describe("an endpoint's secret", () => {
  const fresh = {
    standard: /^whsec_[A-Za-z0-9+/]{43}=$/,
    audian: /^whsec_/,
    voqo: /^\w{32}$/,
    authentivoice: /^\w{32}$/,
  };

  it.for(Object.entries(fresh))("is made in the form of %s, and rotated in it", async ([profile, form], { expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/webhooks", { key, body: { ...body, profile } });
    expect(made.body.signing_secret).toMatch(form);
    const rotated = await apiClient().post(`/v1/webhooks/${made.body.id}/rotate-secret`, { key });
    expect(rotated.status).toBe(200);
    expect(rotated.body.signing_secret).toMatch(form);
    expect(rotated.body.signing_secret).not.toBe(made.body.signing_secret);
  });

  it("signs for another day beside its successor, and both are pushed to the objects", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, organizationId);
    const [old] = await secretsOf(endpoint.id);
    const api = apiAt(NOON);
    const rotated = await api.post(`/v1/endpoints/${endpoint.id}/rotate-secret`, { key, body: {} });
    expect(rotated.body).toMatchObject({ id: endpoint.id, overlap_seconds: 86_400 });
    expect(rotated.headers.get("cache-control")).toBe("no-store");
    expect(await secretsOf(endpoint.id)).toEqual([
      { value: rotated.body.signing_secret, until: null, since: NOON },
      { value: old?.value, until: NOON + DAY },
    ]);
    expect(api.recorded.configured).toMatchObject([{ id: endpoint.id, version: 2 }]);
    const sealed = api.recorded.configured[0]?.secrets ?? "";
    expect(await openSecrets(TEST_MASTER_KEYS, endpoint.id, sealed)).toHaveLength(2);
    const show = (now: number) => apiAt(now).get(`/v1/endpoints/${endpoint.id}/rotate-secret`, { key });
    const current = { kind: "hmac", until: null };
    expect((await show(NOON + DAY - 1)).body.data).toEqual([
      current,
      { kind: "hmac", until: "2026-08-21T14:00:00.000Z" },
    ]);
    expect((await show(NOON + DAY)).body.data).toEqual([current]);
  });

  it("takes a secret and an overlap of the caller's choosing; none ends the old one at once", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const path = `/v1/endpoints/${endpoint.id}/rotate-secret`;
    const mine = (letter: string) => `whsec_${btoa(letter.repeat(24))}`;
    await apiAt(NOON).post(path, { key, body: { secret: mine("a"), overlap_seconds: 7200 } });
    expect((await secretsOf(endpoint.id)).map(({ until }) => until)).toEqual([null, NOON + 2 * HOUR]);
    await apiAt(NOON).post(path, { key, body: { secret: mine("b"), overlap_seconds: 0 } });
    expect(await secretsOf(endpoint.id)).toEqual([{ value: mine("b"), until: null, since: NOON }]);
    const wrong = { secret: "hunter2", overlap_seconds: 604_801 };
    expect(fieldsOf(await apiAt(NOON).post(path, { key, body: wrong }))).toEqual(["overlap_seconds"]);
    expect(fieldsOf(await apiAt(NOON).post(path, { key, body: { secret: "hunter2" } }))).toEqual(["secret"]);
  });

  it("never lets an old secret sign longer than it was to, and keeps ten", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const path = `/v1/endpoints/${endpoint.id}/rotate-secret`;
    await apiAt(NOON).post(path, { key, body: { overlap_seconds: 60 } });
    for (let count = 0; count < 12; count += 1) await apiAt(NOON).post(path, { key, body: { overlap_seconds: 3600 } });
    const secrets = await secretsOf(endpoint.id);
    expect(secrets).toHaveLength(11);
    await apiAt(NOON + 30_000).post(path, { key, body: { overlap_seconds: 604_800 } });
    expect((await secretsOf(endpoint.id)).slice(2).every(({ until }) => until === NOON + HOUR)).toBe(true);
  });

  it("replaces at once where a rotation is known to, unless an overlap is asked for", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/webhooks", { key, body: { ...body, profile: "audian" } });
    const path = `/v1/webhooks/${made.body.id}/rotate-secret`;
    expect((await apiAt(NOON).post(path, { key })).body.overlap_seconds).toBe(0);
    expect(await secretsOf(made.body.id)).toHaveLength(1);
    await apiAt(NOON).post(path, { key, body: { overlap_seconds: 60 } });
    expect(await secretsOf(made.body.id)).toHaveLength(2);
  });

  it("refuses an overlap where only one signature can be sent", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/webhooks", {
      key,
      body: { ...body, events: ["analysis.*"], profile: "authentivoice" },
    });
    const path = `/v1/webhooks/${made.body.id}/rotate-secret`;
    expect(fieldsOf(await apiClient().post(path, { key, body: { overlap_seconds: 60 } }))).toEqual(["overlap_seconds"]);
    expect((await apiClient().post(path, { key })).body.overlap_seconds).toBe(0);
    expect(await secretsOf(made.body.id)).toHaveLength(1);
  });

  it("is not lost when two rotate at once: whoever was shown one finds it in use or in overlap", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const rotate = () => apiAt(NOON).post(`/v1/endpoints/${endpoint.id}/rotate-secret`, { key });
    const answers = await Promise.all([rotate(), rotate(), rotate()]);
    const kept = (await secretsOf(endpoint.id)).map(({ value }) => value);
    expect(kept).toHaveLength(4);
    for (const answer of answers) expect(kept).toContain(answer.body.signing_secret);
  });

  it("is shown even when the endpoint's object does not answer", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const { deps } = apiClient();
    const configure = () => Promise.reject(new Error("the object is gone"));
    const api = apiClient({ endpointObjects: { ...deps.endpointObjects, configure } });
    const rotated = await api.post(`/v1/endpoints/${endpoint.id}/rotate-secret`, { key });
    expect(rotated.status).toBe(200);
    expect((await secretsOf(endpoint.id))[0]?.value).toBe(rotated.body.signing_secret);
  });
});

describe("revealing a secret", () => {
  it("shows it with those in overlap, and keeps who was shown it", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const path = `/v1/endpoints/${endpoint.id}`;
    const rotated = await apiAt(NOON).post(`${path}/rotate-secret`, { key });
    const shown = await apiAt(NOON + HOUR).post(`${path}/reveal-secret`, { key });
    expect(shown.body).toEqual({
      signing_secret: rotated.body.signing_secret,
      previous: [{ signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", until: "2026-08-21T14:00:00.000Z" }],
    });
    expect(shown.headers.get("cache-control")).toBe("no-store");
    expect((await apiAt(NOON + 2 * DAY).post(`${path}/reveal-secret`, { key })).body.previous).toEqual([]);

    const second = { endpoint_id: endpoint.id, api_key_id: apiKeyId, revealed_at: "2026-08-22T14:00:00.000Z" };
    const first = { endpoint_id: endpoint.id, api_key_id: apiKeyId, revealed_at: "2026-08-20T15:00:00.000Z" };
    expect((await apiClient().get("/v1/secret-reveals", { key })).body.data).toMatchObject([second, first]);
    const page = await apiClient().get(`/v1/secret-reveals?endpoint_id=${endpoint.id}&limit=1`, { key });
    expect(page.body.data).toMatchObject([second]);
    const next = await apiClient().get(`/v1/secret-reveals?limit=1&cursor=${page.body.next_cursor}`, { key });
    expect(next.body).toMatchObject({ data: [first], next_cursor: null });
    expect((await apiClient().get("/v1/secret-reveals?endpoint_id=wh_other", { key })).body.data).toEqual([]);
  });

  it("is not for a key that may only send calls, nor for another organization, and neither leaves a trace", async ({
    expect,
  }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const campaign = await mintCampaign(db, mine.id);
    const narrow = await mintApiKey(db, { organizationId: mine.id, campaignId: campaign.id });
    const endpoint = await mintEndpoint(db, mine.id);
    const path = `/v1/endpoints/${endpoint.id}/reveal-secret`;
    expect((await apiClient().post(path, { key: narrow.key })).status).toBe(403);
    expect((await apiClient().get("/v1/company-secret", { key: narrow.key })).status).toBe(403);
    expect((await apiClient().post(path, { key: theirs.key })).status).toBe(404);
    expect((await apiClient().get("/v1/secret-reveals", { key: mine.key })).body.data).toEqual([]);
    expect((await apiClient().get("/v1/secret-reveals", { key: theirs.key })).body.data).toEqual([]);
  });
});

describe("the company secret of voicesense endpoints", () => {
  const voicesense = { ...body, profile: "voicesense" };

  it("is one for all, made with the first, also when two firsts come at once", async ({ expect }) => {
    const { key, apiKeyId } = await mintOrganization(db);
    const api = apiAt(NOON);
    expect((await api.get("/v1/company-secret", { key })).status).toBe(404);
    const made = await Promise.all([1, 2].map(() => api.post("/v1/webhooks", { key, body: voicesense })));
    const third = await api.post("/v1/webhooks", { key, body: voicesense });
    const secrets = new Set([...made, third].map((answer) => answer.body.signing_secret));
    expect(secrets.size).toBe(1);
    const [secret] = secrets;
    expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
    const shown = await api.get("/v1/company-secret", { key });
    expect(shown.body).toEqual({ signing_secret: secret, previous: [] });
    expect(shown.headers.get("cache-control")).toBe("no-store");
    expect((await api.get("/v1/secret-reveals", { key })).body.data).toMatchObject([
      { endpoint_id: null, api_key_id: apiKeyId },
    ]);
    for (const answer of made) {
      expect(await secretsOf(answer.body.id)).toEqual([{ value: secret, until: null, since: expect.any(Number) }]);
      const rotate = await api.post(`/v1/webhooks/${answer.body.id}/rotate-secret`, { key });
      expect(rotate.status).toBe(409);
      expect(rotate.body.detail).toContain("company secret");
    }
  });

  it("is replaced in every endpoint at once, and nowhere else", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const make = async (key: string, given: object) =>
      (await apiClient().post("/v1/webhooks", { key, body: given })).body;
    const [first, second] = [await make(mine.key, voicesense), await make(mine.key, voicesense)];
    const [plain, foreign] = [await make(mine.key, body), await make(theirs.key, voicesense)];
    const deleted = await make(mine.key, voicesense);
    await apiClient().delete(`/v1/webhooks/${deleted.id}`, { key: mine.key });
    const before = await Promise.all([plain, foreign].map((one) => secretsOf(one.id)));
    const api = apiAt(NOON);
    const done = await api.post("/v1/company-secret", { key: mine.key });
    expect(done.body).toMatchObject({ endpoints: 2 });
    expect(done.body.signing_secret).not.toBe(first.signing_secret);
    for (const { id } of [first, second]) {
      expect(await secretsOf(id)).toEqual([
        { value: done.body.signing_secret, until: null, since: expect.any(Number) },
      ]);
    }
    expect(await Promise.all([plain, foreign].map((one) => secretsOf(one.id)))).toEqual(before);
    // A deleted endpoint keeps no secret, and gets none.
    const [left] = await db.select().from(endpoints).where(eq(endpoints.id, deleted.id));
    expect(left?.secrets).toBe("");
    expect(api.recorded.configured.map(({ id, version }) => `${id} ${version}`).toSorted()).toEqual(
      [`${first.id} 2`, `${second.id} 2`].toSorted(),
    );
    expect((await make(mine.key, voicesense)).signing_secret).toBe(done.body.signing_secret);
  });

  it("lets the old one sign along for a grace, and no older one", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/webhooks", { key, body: voicesense });
    const regenerate = (secret: string) =>
      apiAt(NOON).post("/v1/company-secret", { key, body: { secret, grace_seconds: 60 } });
    await regenerate("first-secret");
    await regenerate("second-secret");
    expect(await secretsOf(made.body.id)).toEqual([
      { value: "second-secret", until: null, since: NOON },
      { value: "first-secret", until: NOON + 60_000, since: NOON },
    ]);
    const wrong = await apiClient().post("/v1/company-secret", { key, body: { secret: "short", grace_seconds: 60 } });
    expect(fieldsOf(wrong)).toEqual(["secret"]);
    const long = await apiClient().post("/v1/company-secret", { key, body: { grace_seconds: 604_801 } });
    expect(fieldsOf(long)).toEqual(["grace_seconds"]);
  });

  // Each of the two reads, thinks, and writes: the other comes in right before it writes.
  it.for(["an endpoint is made", "it is regenerated"])(
    "stays one when it changes just before %s",
    async (which, { expect }) => {
      const { id, key } = await mintOrganization(db);
      await apiClient().post("/v1/webhooks", { key, body: voicesense });
      const deps = {
        masterKeys: TEST_MASTER_KEYS,
        guardPolicy: { allowPrivateAddresses: true, ownHosts: [] },
        endpointObjects: { configure: async () => undefined },
      };
      const input = { organizationId: id, url: body.url, events: ["*"], profile: "voicesense" as const };
      const create = (database: Database) => createEndpoint({ ...deps, db: database }, input, ACT_AT_NOON);
      const regenerate = (database: Database) =>
        regenerateCompanySecret({ ...deps, db: database }, id, { grace: 0 }, ACT_AT_NOON);
      const done =
        which === "an endpoint is made"
          ? await create(interrupted(() => regenerate(db)))
          : await regenerate(interrupted(() => create(db)));
      expect(done.ok).toBe(true);
      const rows = await db.select().from(endpoints).where(eq(endpoints.organizationId, id));
      const shown = await apiClient().get("/v1/company-secret", { key });
      expect(rows).toHaveLength(2);
      for (const row of rows)
        expect(await secretsOf(row.id)).toEqual([
          { value: shown.body.signing_secret, until: null, since: expect.any(Number) },
        ]);
      if (done.ok) expect(done.value.secret).toBe(shown.body.signing_secret);
    },
  );
});

describe("/webhooks/{id}/jwks.json", () => {
  const signed = { ...body, settings: { ed25519: true } };

  it("publishes the keys that verify v1a signatures, without a key and cacheable", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const made = await apiClient().post("/v1/webhooks", { key, body: signed });
    const seed = (await secretsOf(made.body.id)).find(({ value }) => value.startsWith("whsk_"));
    expect(made.body.signing_secret).toMatch(/^whsec_/);
    const answer = await apiClient().get(`/webhooks/${made.body.id}/jwks.json`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    const [jwk] = answer.body.keys;
    expect(jwk).toMatchObject({ kty: "OKP", crv: "Ed25519", use: "sig", alg: "EdDSA" });
    expect(JSON.stringify(answer.body)).not.toContain(seed?.value.slice(5));
    // It is the public half of what signs: a signature by the seed verifies with it.
    const content = new TextEncoder().encode("signed");
    const signature = (await v1aSignature(seed?.value ?? "", content)).slice("v1a,".length);
    const publicKey = await crypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]);
    const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
    expect(await crypto.subtle.verify("Ed25519", publicKey, bytes, content)).toBe(true);
  });

  it("lists old keys for as long as they sign, and follows the setting", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const path = `/v1/endpoints/${endpoint.id}`;
    const keys = async (now: number) => (await apiAt(now).get(`/webhooks/${endpoint.id}/jwks.json`)).body.keys;
    expect(await keys(NOON)).toBeUndefined();
    await apiAt(NOON).patch(path, { key, body: { settings: { ed25519: true } } });
    const [first] = await keys(NOON);
    await apiAt(NOON).patch(path, { key, body: { description: "no new key for this" } });
    expect(await keys(NOON)).toEqual([first]);
    await apiAt(NOON).post(`${path}/rotate-secret`, { key, body: { overlap_seconds: 60 } });
    const both = await keys(NOON);
    expect(both).toHaveLength(2);
    expect(both[1]).toEqual(first);
    expect(await keys(NOON + 60_000)).toEqual([both[0]]);
    // The private half is in no answer, also not in a reveal.
    expect((await apiAt(NOON).post(`${path}/reveal-secret`, { key })).body).toMatchObject({
      signing_secret: expect.stringMatching(/^whsec_/),
      previous: [{ signing_secret: expect.stringMatching(/^whsec_/) }],
    });
    await apiAt(NOON).patch(path, { key, body: { settings: { ed25519: null } } });
    expect(await keys(NOON)).toBeUndefined();
    expect((await secretsOf(endpoint.id)).some(({ value }) => value.startsWith("whsk_"))).toBe(false);
  });

  it.for(["no endpoint", "a deleted one", "one without Ed25519"])("finds nothing for %s", async (which, { expect }) => {
    const { id } = await mintOrganization(db);
    const endpoint = await mintEndpoint(
      db,
      id,
      which === "a deleted one" ? { deletedAt: NOON, settings: { ed25519: true } } : {},
    );
    const name = which === "no endpoint" ? "wh_0" : endpoint.id;
    expect((await apiClient().get(`/webhooks/${name}/jwks.json`)).status).toBe(404);
  });
});
