import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { apiKeys } from "../../../src/db/schema";
import { noteKeyUse } from "../../../src/identity";
import { DAY, HOUR, MINUTE, toIso } from "../../../src/lib/time";
import {
  mintApiKey,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintSource,
  NOON,
} from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const at = (now: number) => apiClient({ now: () => now });

async function rowOf(id: string) {
  return db.select().from(apiKeys).where(eq(apiKeys.id, id)).get();
}

describe("an API key with limited rights", () => {
  it("is shown with its rights, and wildcards are written out", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const source = await mintSource(db, id);
    const expires_at = toIso(NOON + DAY);
    const body = { name: "Switch", scopes: ["notices:write", "keys:*"], source_id: source.id, expires_at };
    const made = await apiClient().post("/v1/api-keys", { key, body });
    expect(made.status).toBe(201);
    const { key: text, ...shown } = made.body;
    expect(shown).toMatchObject({
      scopes: ["notices:write", "keys:read", "keys:write"],
      role: null,
      source_id: source.id,
      campaign_id: null,
      expires_at,
      created_by: apiKeyId,
      last_used_at: null,
      rotated_to: null,
      allowed_origins: null,
    });
    expect(text).toMatch(/^tk_/);
    expect((await apiClient().get("/v1/api-keys", { key })).body.data).toContainEqual(shown);
  });

  it("is refused where a field of it is wrong", async ({ expect }) => {
    const [mine, other] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintSource(db, other.id);
    const deleted = await mintSource(db, mine.id, { deletedAt: NOON });
    const cases: [string, object][] = [
      ["scopes.0", { scopes: ["privacy:everything"] }],
      ["scopes", { scopes: [] }],
      ["role", { role: "operator" }],
      ["role", { role: "emperor" }],
      ["role", { role: "viewer", scopes: ["calls:read"] }],
      ["source_id", { source_id: foreign.id }],
      ["source_id", { source_id: deleted.id }],
      ["expires_at", { expires_at: toIso(NOON) }],
    ];
    for (const [field, wrong] of cases) {
      const answer = await apiClient().post("/v1/api-keys", { key: mine.key, body: { name: "x", ...wrong } });
      expect([wrong, answer.status, fieldsOf(answer)]).toEqual([wrong, 422, [field]]);
    }
  });

  it("ends at its time, with the answer that an unknown key gets", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: id, expiresAt: NOON + MINUTE });
    const paths = ["/v1/campaigns", "/v2/webhooks", "/v1/webhooks", "/v1/uploads", "/tasks"];
    for (const path of paths) {
      expect([path, (await at(NOON + MINUTE - 1).get(path, { key })).status]).toEqual([path, 200]);
      const [late, unknown] = [
        await at(NOON + MINUTE).get(path, { key }),
        await at(NOON).get(path, { key: `tk_${"0".repeat(40)}` }),
      ];
      expect([path, late.status, late.body]).toEqual([path, 401, unknown.body]);
    }
    for (const [method, path] of [
      ["POST", "/v1/uploads/tus"],
      ["PATCH", "/v1/uploads/tus/upl_x"],
      ["POST", "/upload/"],
      ["GET", "/tasks/x/audio"],
    ] as const)
      expect([path, (await at(NOON + MINUTE).call(method, path, { key })).status]).toEqual([path, 401]);
  });

  it("opens only its operations on every path they have", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: id, scopes: ["endpoints:read", "tasks:read"] });
    for (const path of ["/v1/endpoints", "/v1/webhooks", "/v2/webhooks", "/tasks", "/v1/tasks"])
      expect([path, (await apiClient().get(path, { key })).status]).toEqual([path, 200]);
    const closed: [string, string, string][] = [
      ["GET", "/v1/uploads", "uploads:read"],
      ["POST", "/v1/uploads", "uploads:write"],
      ["POST", "/v1/uploads/tus", "uploads:write"],
      ["POST", "/v1/uploads/tus/", "uploads:write"],
      ["HEAD", "/v1/uploads/tus/upl_x", ""],
      ["PATCH", "/v1/uploads/tus/upl_x", "uploads:write"],
      ["DELETE", "/v1/uploads/tus/upl_x", "uploads:write"],
      ["POST", "/v1/uploads/tus/upl_x", "uploads:write"],
      ["POST", "/v1/analyses", "analyses:write"],
      ["POST", "/api/v1/analyses", "analyses:write"],
      ["GET", "/api/v1/analyses", "analyses:read"],
      ["POST", "/upload", "uploads:write"],
      ["POST", "/upload/", "uploads:write"],
      ["GET", "/tasks/x/audio", "recordings:play"],
      ["GET", "/tags/x", "calls:read"],
      ["POST", "/v2/webhooks", "endpoints:write"],
    ];
    for (const [method, path, permission] of closed) {
      const answer = await apiClient().call(method, path, { key });
      expect([method, path, answer.status, answer.body.permission ?? ""]).toEqual([method, path, 403, permission]);
    }
  });

  it("gets links to audio only with the permission to listen", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const recording = await mintRecording(db, call);
    const deaf = await mintApiKey(db, {
      organizationId: id,
      scopes: ["calls:read", "recordings:read", "tasks:read"],
    });
    const linksFor = async (asking: string) => {
      const api = apiClient();
      const [listed, read, inCall, tasks] = await Promise.all(
        ["/v1/recordings", `/v1/recordings/${recording.id}`, `/v1/calls/${call.id}`, "/tasks"].map((path) =>
          api.get(path, { key: asking }),
        ),
      );
      return [
        listed?.body.data[0].audio_url,
        read?.body.audio_url,
        inCall?.body.recordings[0].audio_url,
        tasks?.body.tasks[0].url,
      ];
    };
    expect(await linksFor(deaf.key)).toEqual([null, null, null, null]);
    const links = await linksFor(key);
    for (const link of links) expect(link).toContain(`/recordings/${recording.id}/audio`);
    // A link that was given is signed for itself: whoever has it listens until it ends.
    expect(
      JSON.stringify((await apiClient().get(`/v1/calls/${call.id}/events`, { key: deaf.key })).body),
    ).not.toContain("signature=");
  });

  it("searches in bodies only with the permission to read them", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: id, scopes: ["inbound:list", "inbound:replay"] });
    expect((await apiClient().get("/v1/inbound", { key })).status).toBe(200);
    const searched = await apiClient().get("/v1/inbound?q=secret", { key });
    expect([searched.status, searched.body.permission]).toEqual([403, "inbound:read"]);
    const replayed = await apiClient().post("/v1/inbound/replay", { key, body: { filter: { q: "x" }, dry_run: true } });
    expect([replayed.status, replayed.body.permission]).toEqual([403, "inbound:read"]);
  });

  it("beside another has what both have", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const one = await mintApiKey(db, { organizationId: id, scopes: ["calls:read", "campaigns:read"] });
    const other = await mintApiKey(db, { organizationId: id, scopes: ["calls:read", "operators:read"] });
    const past = await mintApiKey(db, { organizationId: id, expiresAt: NOON });
    const [first, second] = [await mintSource(db, id), await mintSource(db, id)];
    const [ofFirst, ofSecond] = [
      await mintApiKey(db, { organizationId: id, sourceId: first.id }),
      await mintApiKey(db, { organizationId: id, sourceId: second.id }),
    ];
    const ask = async (path: string, ...keys: [string, string]) =>
      (await apiClient().get(path, { headers: { "x-api-key": keys[0], authorization: `Bearer ${keys[1]}` } })).status;
    expect(await ask("/v1/calls", one.key, other.key)).toBe(200);
    expect(await ask("/v1/campaigns", one.key, other.key)).toBe(403);
    expect(await ask("/v1/operators", one.key, other.key)).toBe(403);
    expect(await ask("/v1/campaigns", key, one.key)).toBe(200);
    expect(await ask("/v1/operators", one.key, key)).toBe(403);
    expect(await ask("/v1/calls", key, past.key)).toBe(401);
    expect(await ask("/v1/calls", ofFirst.key, ofSecond.key)).toBe(401);
    expect(await ask("/v1/calls", key, ofFirst.key)).toBe(403);
  });

  it("sends AuthentiVoice's test event with the key in both headers", async ({ expect }) => {
    const { id } = await mintOrganization(db);
    const { key } = await mintApiKey(db, { organizationId: id, scopes: ["endpoints:write"] });
    const endpoint = await mintEndpoint(db, id, { profile: "authentivoice" });
    const answer = await apiClient().post("/v1/webhooks/test", {
      headers: { "x-api-key": key, authorization: `Bearer ${key}` },
      body: { webhookId: endpoint.id },
    });
    expect(answer.status).toBe(200);
  });

  it("gives no rights that it lacks, by any field, role or rotation", async ({ expect }) => {
    const { id, apiKeyId } = await mintOrganization(db);
    const own = await mintApiKey(db, {
      organizationId: id,
      scopes: ["keys:read", "keys:write", "calls:read"],
      expiresAt: NOON + DAY,
    });
    const expires_at = toIso(NOON + DAY);
    const api = apiClient();
    const make = async (body: object) =>
      (await api.post("/v1/api-keys", { key: own.key, body: { name: "x", ...body } })).status;
    expect(await make({ scopes: ["calls:read"], expires_at })).toBe(201);
    expect(await make({ scopes: ["calls:read"], expires_at: toIso(NOON + DAY + 1) })).toBe(403);
    expect(await make({ scopes: ["calls:read"], expires_at: null })).toBe(403);
    expect(await make({ scopes: ["calls:read"] })).toBe(403);
    expect(await make({ scopes: ["calls:*"], expires_at })).toBe(403);
    expect(await make({ scopes: ["calls:read", "recordings:play"], expires_at })).toBe(403);
    expect(await make({ expires_at })).toBe(403);
    for (const role of ["owner", "admin", "developer", "viewer"])
      expect([role, await make({ role, expires_at })]).toEqual([role, 403]);
    expect((await api.post(`/v1/api-keys/${apiKeyId}/rotate`, { key: own.key })).status).toBe(403);
    const wider = await mintApiKey(db, { organizationId: id, scopes: ["calls:*"], expiresAt: NOON + MINUTE });
    expect((await api.post(`/v1/api-keys/${wider.row.id}/rotate`, { key: own.key })).status).toBe(403);
    const within = await mintApiKey(db, { organizationId: id, scopes: ["calls:read"], expiresAt: NOON + MINUTE });
    expect((await api.post(`/v1/api-keys/${within.row.id}/rotate`, { key: own.key })).status).toBe(201);
    for (const limit of [
      { campaignId: (await mintCampaign(db, id)).id },
      { sourceId: (await mintSource(db, id)).id },
    ]) {
      const limited = await mintApiKey(db, { organizationId: id, ...limit });
      expect((await api.post("/v1/api-keys", { key: limited.key, body: { name: "x" } })).status).toBe(403);
    }
  });

  it("does not count as the last full key", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    await mintApiKey(db, { organizationId: id, scopes: ["keys:write"] });
    await mintApiKey(db, { organizationId: id, expiresAt: NOON + DAY });
    const source = await mintSource(db, id);
    await mintApiKey(db, { organizationId: id, sourceId: source.id });
    expect((await apiClient().delete(`/v1/api-keys/${apiKeyId}`, { key })).status).toBe(409);
  });
});

describe("the use of an API key", () => {
  it("is written, at most once an hour", async ({ expect }) => {
    const { key, apiKeyId } = await mintOrganization(db);
    await at(NOON).get("/v1/campaigns", { key });
    await expect.poll(async () => (await rowOf(apiKeyId))?.lastUsedAt).toBe(NOON);
    await noteKeyUse(db, [apiKeyId], NOON + HOUR - 1);
    expect((await rowOf(apiKeyId))?.lastUsedAt).toBe(NOON);
    await noteKeyUse(db, [apiKeyId], NOON + HOUR);
    expect((await rowOf(apiKeyId))?.lastUsedAt).toBe(NOON + HOUR);
  });
});

describe("rotation of an API key", () => {
  it("gives a new key with the same rights, and ends the old one after a day", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const source = await mintSource(db, id);
    const old = await mintApiKey(db, {
      organizationId: id,
      name: "Switch",
      scopes: ["notices:write"],
      campaignId: campaign.id,
      sourceId: source.id,
    });
    const made = await apiClient().post(`/v1/api-keys/${old.row.id}/rotate`, { key });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: "Switch",
      scopes: ["notices:write"],
      campaign_id: campaign.id,
      source_id: source.id,
      expires_at: null,
    });
    expect(await rowOf(old.row.id)).toMatchObject({
      expiresAt: NOON + DAY,
      revokedAt: null,
      rotatedTo: made.body.id,
    });
    expect((await rowOf(made.body.id))?.scopes).toEqual(["notices:write"]);
  });

  it("lets both keys work during the overlap, and with 0 the old one not at all", async ({ expect }) => {
    const { key, apiKeyId } = await mintOrganization(db);
    const made = await apiClient().post(`/v1/api-keys/${apiKeyId}/rotate`, { key, body: { overlap_seconds: 60 } });
    const work = async (now: number, asking: string) => (await at(now).get("/v1/campaigns", { key: asking })).status;
    expect(await work(NOON + MINUTE - 1, key)).toBe(200);
    expect(await work(NOON + MINUTE, key)).toBe(401);
    expect(await work(NOON + MINUTE, made.body.key)).toBe(200);
    const again = await apiClient().post(`/v1/api-keys/${made.body.id}/rotate`, {
      key: made.body.key,
      body: { overlap_seconds: 0 },
    });
    expect(await work(NOON, made.body.key)).toBe(401);
    expect(await work(NOON, again.body.key)).toBe(200);
    // One full key is left, and stays.
    expect((await apiClient().delete(`/v1/api-keys/${again.body.id}`, { key: again.body.key })).status).toBe(409);
  });

  it("keeps the end of a key that has one", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const old = await mintApiKey(db, { organizationId: id, expiresAt: NOON + HOUR });
    const made = await apiClient().post(`/v1/api-keys/${old.row.id}/rotate`, { key });
    expect(made.body.expires_at).toBe(toIso(NOON + HOUR));
    expect((await rowOf(old.row.id))?.expiresAt).toBe(NOON + HOUR);
  });

  it("happens once: of many at a time one wins, and an ended or revoked key has none", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const [old, past, revoked] = [
      await mintApiKey(db, { organizationId: id }),
      await mintApiKey(db, { organizationId: id, expiresAt: NOON }),
      await mintApiKey(db, { organizationId: id }),
    ];
    const api = apiClient();
    await api.delete(`/v1/api-keys/${revoked.row.id}`, { key });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post(`/v1/api-keys/${old.row.id}/rotate`, { key })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    for (const { row } of [old, past, revoked])
      expect((await api.post(`/v1/api-keys/${row.id}/rotate`, { key })).status).toBe(409);
    const keys = await db.select().from(apiKeys).where(eq(apiKeys.organizationId, id)).all();
    expect(keys).toHaveLength(5);
  });
});

describe("GET /v1/api-keys/permissions", () => {
  it("lists every permission and the seven roles", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const { body } = await apiClient().get("/v1/api-keys/permissions", { key });
    expect(body.permissions).toContainEqual({ name: "recordings:play", description: expect.any(String) });
    expect(body.roles.map(({ name }: { name: string }) => name)).toEqual([
      "owner",
      "admin",
      "supervisor",
      "reviewer",
      "operator",
      "developer",
      "viewer",
    ]);
    const forKeys = body.roles.filter((role: { for_keys: boolean }) => !role.for_keys);
    expect(forKeys.map(({ name }: { name: string }) => name)).toEqual(["operator"]);
  });
});
