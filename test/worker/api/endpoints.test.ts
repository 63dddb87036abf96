import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { readConfig } from "../../../src/config";
import { endpoints } from "../../../src/db/schema";
import { openHeaders } from "../../../src/delivery";
import { contextOf } from "../../../src/db/sealed-places";
import { unseal } from "../../../src/lib/seal";
import { mintCampaign, mintEndpoint, mintOrganization, mintSource, NOON, TEST_MASTER_KEYS } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const body = { url: "https://subscriber.test/hooks", events: ["call.*", "recording.completed"] };

describe("/v1/endpoints", () => {
  it("creates an endpoint, shows its secret once and pushes it to its object", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.post("/v1/endpoints", { key, body: { ...body, description: "CRM" } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...body, description: "CRM", profile: "standard", active: true, paused: false });
    expect(made.body.id).toMatch(/^wh_[0-9a-z]{26}$/);
    expect(made.body.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.body.id)).get();
    const sealed = await unseal(TEST_MASTER_KEYS, contextOf("endpoints.secrets", made.body.id), row?.secrets ?? "");
    expect(JSON.parse(sealed)).toEqual([{ value: made.body.signing_secret, until: null, since: expect.any(Number) }]);
    expect(api.recorded.configured).toMatchObject([
      { id: made.body.id, organizationId, version: 1, active: true, deleted: false, secrets: row?.secrets },
    ]);
    // D1's clock, not ours.
    expect(Math.abs(Date.now() - (row?.createdAt ?? 0))).toBeLessThan(60_000);

    expect(row?.shards).toEqual([{ since: row?.createdAt, shards: 1 }]);

    const { signing_secret: _, ...shown } = made.body;
    expect((await api.get(`/v1/endpoints/${made.body.id}`, { key })).body).toEqual(shown);
    expect((await api.get("/v1/endpoints", { key })).body).toEqual({
      data: [shown],
      next_cursor: null,
      prev_cursor: null,
    });
    expect((await api.get("/v1/webhooks", { key })).body).toEqual({
      data: [shown],
      next_cursor: null,
      prev_cursor: null,
    });
  });

  it("takes a secret that is brought along", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const secret = `whsec_${btoa("x".repeat(24))}`;
    expect((await apiClient().post("/v1/webhooks", { key, body: { ...body, secret } })).body.signing_secret).toBe(
      secret,
    );
  });

  it.for(["hunter2", `whsec_${btoa("x".repeat(23))}`, `whsec_${btoa("x".repeat(65))}`, "whsec_%%%%"])(
    "refuses the secret %s",
    async (secret, { expect }) => {
      const { key } = await mintOrganization(db);
      const answer = await apiClient().post("/v1/endpoints", { key, body: { ...body, secret } });
      expect(answer.status).toBe(422);
      expect(fieldsOf(answer)).toEqual(["secret"]);
    },
  );

  it("names the event that does not exist and lists those that do", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v1/endpoints", {
      key,
      body: { ...body, events: ["call.completed", "call.exploded", "fax.*"] },
    });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(["events.1", "events.2"]);
    expect(answer.body.errors[0].message).toContain("call.exploded");
    expect(answer.body.errors[0].message).toContain("recording.completed");
  });

  it.for([
    "http://subscriber.test/hooks",
    "https://127.0.0.1/",
    "https://localhost/",
    "ftp://subscriber.test",
    "not a url",
    "https://trunkline.test/loop",
  ])("refuses the URL %s where private addresses are not allowed", async (url, { expect }) => {
    const { id, key } = await mintOrganization(db);
    const config = { ...readConfig(env), allowPrivateAddresses: false };
    const api = apiClient({ config });
    const answer = await api.post("/v1/endpoints", { key, body: { ...body, url } });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(["url"]);
    const endpoint = await mintEndpoint(db, id);
    expect(fieldsOf(await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: { url } }))).toEqual(["url"]);
    expect(api.recorded.configured).toEqual([]);
  });

  it.for([
    "http://subscriber.test/hooks",
    "http://10.0.0.5/hooks",
    "http://localhost.subscriber.test/",
    "http://127.0.0.1.nip.io/",
  ])("refuses plain http beyond this machine even where private addresses are allowed: %s", async (url, { expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const answer = await api.post("/v1/endpoints", { key, body: { ...body, url } });
    expect(fieldsOf(answer)).toEqual(["url"]);
    expect(answer.body.errors[0].message).toContain("https://");
    const endpoint = await mintEndpoint(db, id);
    expect(fieldsOf(await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: { url } }))).toEqual(["url"]);
  });

  it.for(["http://localhost:9000/", "http://127.9.9.9/", "http://[::1]:8080/", "http://hooks.localhost/"])(
    "takes plain http to this machine where private addresses are allowed: %s",
    async (url, { expect }) => {
      const { key } = await mintOrganization(db);
      expect((await apiClient().post("/v1/endpoints", { key, body: { ...body, url } })).status).toBe(201);
    },
  );

  it("says where a user name and password belong, and repeats neither", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const url = "https://crm:hunter2@subscriber.test/hooks";
    const answer = await apiClient().post("/v1/endpoints", { key, body: { ...body, url } });
    expect(fieldsOf(answer)).toEqual(["url"]);
    expect(answer.body.errors[0].message).toContain('"headers": {"Authorization": "Basic');
    expect(JSON.stringify(answer.body)).not.toContain("hunter2");
  });

  it("changes an endpoint, raises its version, and pushes each change to its object", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const changes = { url: "https://elsewhere.test/", events: ["*"], description: null, active: false };
    const changed = await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: changes });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject(changes);
    await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: { active: true } });
    expect(api.recorded.configured).toMatchObject([
      { version: 2, active: false, url: "https://elsewhere.test/" },
      { version: 3, active: true, url: "https://elsewhere.test/" },
    ]);
  });

  it("deletes an endpoint for good; deleting again repeats the push", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const path = `/v1/endpoints/${endpoint.id}`;
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.delete(path, { key })).status).toBe(204);
    expect(api.recorded.configured).toMatchObject([
      { version: 2, deleted: true },
      { version: 2, deleted: true },
    ]);
    expect((await api.get(path, { key })).status).toBe(404);
    expect((await api.patch(path, { key, body: { active: true } })).status).toBe(404);
    expect((await api.get(`${path}/log`, { key })).status).toBe(404);
    expect((await api.get("/v1/endpoints", { key })).body.data).toEqual([]);
  });

  it("stops at fifty, also when two come at once, and counts living ones only", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    for (let count = 0; count < 49; count += 1) await mintEndpoint(db, id);
    await mintEndpoint(db, id, { deletedAt: NOON });
    const api = apiClient();
    const answers = await Promise.all([
      api.post("/v1/endpoints", { key, body }),
      api.post("/v1/endpoints", { key, body }),
    ]);
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(api.recorded.configured).toHaveLength(1);
  });

  it("makes an endpoint all the same when its object does not answer: the next event carries the configuration", async ({
    expect,
  }) => {
    const { key } = await mintOrganization(db);
    const { deps } = apiClient();
    const silent = { ...deps.endpointObjects, configure: () => Promise.reject(new Error("the object is gone")) };
    const api = apiClient({ endpointObjects: silent });
    const made = await api.post("/v1/endpoints", { key, body });
    expect(made.status).toBe(201);
    // A change or deletion is not done until it is in force: it fails, and may be repeated.
    expect((await api.patch(`/v1/endpoints/${made.body.id}`, { key, body: { active: false } })).status).toBe(500);
    expect((await apiClient().get(`/v1/endpoints/${made.body.id}`, { key })).body.active).toBe(false);
  });

  it("stores and shows every option of an endpoint", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const source = await mintSource(db, id);
    const given = {
      url: "https://subscriber.test/scores",
      events: ["analysis.completed"],
      description: "Scores",
      profile: "voicesense",
      version: "v1",
      method: "PUT",
      headers: { "x-tenant": "acme" },
      template: '{"id": "{{StreamId}}", "score": {{ScoreRight.Scores.Engaged}}}',
      filters: { campaign_ids: [campaign.id], source_ids: [source.id], minimum_risk: 70 },
      ordering: "none",
      settings: {
        retry_waits_seconds: [1.5, 60],
        timeout_seconds: 7.25,
        concurrency: 2,
        rate_per_second: 0.5,
        on_exhausted: "hold",
        strict_200: true,
        retry_throttled: true,
        disable_after_seconds: 0,
        keep_payloads_seconds: 0,
        keep_responses_seconds: 3600,
        max_backlog: 500,
        ed25519: false,
      },
      shards: 4,
      active: false,
      paused: true,
    };
    const made = await apiClient().post("/v1/endpoints", { key, body: given });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...given, headers: { "x-tenant": "[hidden]" }, disabled: null });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.body.id)).get();
    expect(row).toMatchObject({
      payloadVersion: "v1",
      filters: { campaignIds: [campaign.id], sourceIds: [source.id], minimumRisk: 70 },
      settings: {
        retryWaits: [1500, 60_000],
        timeout: 7250,
        disableAfter: 0,
        keepPayloads: 0,
        keepResponses: 3_600_000,
      },
    });
  });

  it("changes single settings, takes one back with null, and keeps the others", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id, { settings: { timeout: 5_000, concurrency: 3 } });
    const path = `/v1/endpoints/${endpoint.id}`;
    const changed = await apiClient().patch(path, {
      key,
      body: { settings: { timeout_seconds: null, max_backlog: 50 } },
    });
    expect(changed.body.settings).toMatchObject({ timeout_seconds: null, concurrency: 3, max_backlog: 50 });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, endpoint.id)).get();
    expect(row?.settings).toEqual({ concurrency: 3, maxBacklog: 50 });
    expect((await apiClient().patch(path, { key, body: {} })).body.settings).toEqual(changed.body.settings);
  });

  it("hides header values, and keeps one that is sent back as it was shown", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const headers = { Authorization: "Bearer s3cr3t", "x-tenant": "acme", "Content-Type": "application/json" };
    const sent = () => {
      const { id, headers: sealed } = api.recorded.configured.at(-1)!;
      return openHeaders(TEST_MASTER_KEYS, id, sealed);
    };
    const made = await api.post("/v1/endpoints", { key, body: { ...body, headers } });
    const hidden = { Authorization: "[hidden]", "x-tenant": "[hidden]", "Content-Type": "application/json" };
    expect(made.body.headers).toEqual(hidden);
    const path = `/v1/endpoints/${made.body.id}`;
    await api.patch(path, { key, body: { headers: { authorization: "[hidden]", "x-tenant": "other" } } });
    expect(await sent()).toEqual({ authorization: "Bearer s3cr3t", "x-tenant": "other" });
    await api.patch(path, { key, body: { description: "untouched" } });
    expect(await sent()).toEqual({ authorization: "Bearer s3cr3t", "x-tenant": "other" });
    await api.patch(path, { key, body: { headers: { authorization: "Bearer new" } } });
    expect(await sent()).toEqual({ authorization: "Bearer new" });

    const unknown = await api.patch(path, { key, body: { headers: { "x-new": "[hidden]" } } });
    expect([unknown.status, fieldsOf(unknown)]).toEqual([422, ["headers.x-new"]]);
    const stored = api.recorded.configured.at(-1)!.headers.authorization;
    const copied = await api.patch(path, { key, body: { headers: { authorization: stored } } });
    expect([copied.status, fieldsOf(copied)]).toEqual([422, ["headers.authorization"]]);
  });

  it("opens an epoch ahead when the number of shards changes", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const changed = await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: { shards: 4 } });
    expect(changed.body.shards).toBe(4);
    const row = await db.select().from(endpoints).where(eq(endpoints.id, endpoint.id)).get();
    expect(row?.shards).toEqual([
      { since: 0, shards: 1 },
      { since: NOON + 60_000, shards: 4 },
    ]);
    expect(api.recorded.configured.at(-1)?.objects).toBe(4);
  });

  it("forbids one order for an endpoint with several objects, before and after", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const api = apiClient();
    const both = await api.post("/v1/endpoints", { key, body: { ...body, ordering: "endpoint", shards: 2 } });
    expect(fieldsOf(both)).toEqual(["shards"]);
    const ordered = await mintEndpoint(db, id, { ordering: "endpoint" });
    expect(fieldsOf(await api.patch(`/v1/endpoints/${ordered.id}`, { key, body: { shards: 2 } }))).toEqual(["shards"]);
    const spread = await mintEndpoint(db, id, { shards: [{ since: 0, shards: 2 }] });
    const path = `/v1/endpoints/${spread.id}`;
    expect(fieldsOf(await api.patch(path, { key, body: { ordering: "endpoint" } }))).toEqual(["shards"]);
    // Its calls of before stay where they began, so one order is out of reach for good.
    expect(fieldsOf(await api.patch(path, { key, body: { ordering: "endpoint", shards: 1 } }))).toEqual(["ordering"]);
    expect((await api.patch(path, { key, body: { ordering: "none" } })).status).toBe(200);
  });

  it("pauses, resumes and enables", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id, { active: false, disabledReason: "gone", disabledAt: NOON });
    const api = apiClient();
    const path = `/v1/endpoints/${endpoint.id}`;
    expect((await api.get(path, { key })).body.disabled).toEqual({ reason: "gone", at: "2026-08-20T14:00:00.000Z" });
    const paused = await api.post(`${path}/pause`, { key });
    expect(paused.body).toMatchObject({ paused: true, active: false, disabled: { reason: "gone" } });
    expect((await api.post(`${path}/resume`, { key })).body).toMatchObject({ paused: false, active: false });
    expect((await api.post(`${path}/enable`, { key })).body).toMatchObject({
      paused: false,
      active: true,
      disabled: null,
    });
    expect(api.recorded.configured.map(({ version, active, paused: held }) => ({ version, active, held }))).toEqual([
      { version: 2, active: false, held: true },
      { version: 3, active: false, held: false },
      { version: 4, active: true, held: false },
    ]);
  });

  it("loses neither of two changes made at once", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const path = `/v1/endpoints/${endpoint.id}`;
    const changes = [{ description: "one" }, { paused: true }, { settings: { concurrency: 2 } }];
    const answers = await Promise.all(changes.map((change) => apiClient().patch(path, { key, body: change })));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const row = await db.select().from(endpoints).where(eq(endpoints.id, endpoint.id)).get();
    expect(row).toMatchObject({ description: "one", paused: true, settings: { concurrency: 2 }, version: 4 });
  });

  it("takes AuthentiVoice's block as printed", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const text = `{
  "url": "https://your-api.com/webhook/authentivoice",
  "events": ["analysis.completed", "fraud.high_risk"],
  "secret": "your-webhook-secret",
  "retryPolicy": {
    "maxRetries": 3,
    "backoffMultiplier": 2
  }
}`;
    const made = await apiClient().post("/v1/webhooks", { key, text });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      url: "https://your-api.com/webhook/authentivoice",
      profile: "authentivoice",
      events: ["analysis.completed", "fraud.high_risk"],
      signing_secret: "your-webhook-secret",
      settings: { retry_waits_seconds: [10, 20, 40] },
    });
  });

  it("gives any profile a retry policy, but not twice", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const retryPolicy = { maxRetries: 2, backoffMultiplier: 3 };
    const made = await api.post("/v1/endpoints", { key, body: { ...body, profile: "standard", retryPolicy } });
    expect(made.body).toMatchObject({ profile: "standard", settings: { retry_waits_seconds: [10, 30] } });
    const twice = { ...body, retryPolicy, settings: { retry_waits_seconds: [1] } };
    expect(fieldsOf(await api.post("/v1/endpoints", { key, body: twice }))).toEqual(["retryPolicy"]);
  });
});
