import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { endpoints } from "../../../src/db/schema";
import { openSecrets } from "../../../src/delivery";
import { mintEndpoint, mintOrganization, NOON, TEST_MASTER_KEYS } from "../../factories";
import { apiClient, db, deliveryOf, fieldsOf } from "./client";

const printed = { url: "https://your-domain.com/webhooks", events: ["*"], active: true };

describe("/v2/webhooks", () => {
  it("answers to a new webhook with exactly the printed keys, its time in seconds", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.call("POST", "/v2/webhooks", { headers: { "x-auth-token": key }, body: printed });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body)).toEqual(["id", "url", "events", "active", "created_at", "signing_secret"]);
    expect(made.body).toMatchObject({
      ...printed,
      id: expect.stringMatching(/^wh_/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      signing_secret: expect.stringMatching(/^whsec_/),
    });
    expect(api.recorded.configured).toMatchObject([{ id: made.body.id, profile: "audian", method: "POST" }]);
  });

  it("reads, lists, changes and deletes what it made, never showing the secret again", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const { body: made } = await api.post("/v2/webhooks", {
      key,
      body: { ...printed, description: "CRM", version: "v1" },
    });
    const path = `/v2/webhooks/${made.id}`;
    const { signing_secret: _, ...known } = made;
    const shown = { ...known, description: "CRM", version: "v1" };
    expect((await api.get(path, { key })).body).toEqual(shown);
    const changes = { events: ["call.completed", "call.failed", "recording.completed"], active: true };
    expect((await api.patch(path, { key, body: changes })).body).toEqual({ ...shown, ...changes });
    expect((await api.get("/v2/webhooks", { key })).body).toEqual({
      data: [{ ...shown, ...changes }],
      pagination: { page: 1, limit: 50, total: 1 },
    });
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.get(path, { key })).status).toBe(404);
    expect((await api.get("/v2/webhooks", { key })).body.pagination.total).toBe(0);
    expect(api.recorded.configured.map(({ version, deleted }) => ({ version, deleted }))).toEqual([
      { version: 1, deleted: false },
      { version: 2, deleted: false },
      { version: 3, deleted: true },
    ]);
  });

  it("pages through the list by number", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const made = [];
    for (let count = 0; count < 5; count += 1) made.push((await mintEndpoint(db, id, { profile: "audian" })).id);
    const page = async (number: number) => (await apiClient().get(`/v2/webhooks?page=${number}&limit=2`, { key })).body;
    const pages = [await page(1), await page(2), await page(3), await page(4)];
    expect(pages.map((one) => one.data.length)).toEqual([2, 2, 1, 0]);
    const ids: string[] = pages.flatMap((one) => one.data.map((row: { id: string }) => row.id));
    expect(ids.toSorted()).toEqual(made.toSorted());
    expect(pages[2].pagination).toEqual({ page: 3, limit: 2, total: 5 });
    expect(fieldsOf(await apiClient().get("/v2/webhooks?page=0&limit=201", { key }))).toEqual(["page", "limit"]);
  });

  it.for([
    ["what is no URL", { url: "not a url" }, ["url"]],
    ["no URL", { url: undefined }, ["url"]],
    ["an event that is none", { events: ["call.exploded"] }, ["events.0"]],
    ["a version that is none", { version: "v7" }, ["version"]],
    ["what Audian does not have", { profile: "standard" }, ["profile"]],
  ] as const)("refuses %s", async ([, wrong, fields], { expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().post("/v2/webhooks", { key, body: { ...printed, ...wrong } });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it("refuses plain http, and a private address, where the deployment does", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const { deps } = apiClient();
    const api = apiClient({ config: { ...deps.config, allowPrivateAddresses: false } });
    const webhook = await mintEndpoint(db, id, { profile: "audian" });
    for (const url of ["http://your-domain.com/webhooks", "https://10.0.0.1/webhooks"]) {
      expect(fieldsOf(await api.post("/v2/webhooks", { key, body: { ...printed, url } }))).toEqual(["url"]);
      expect(fieldsOf(await api.patch(`/v2/webhooks/${webhook.id}`, { key, body: { url } }))).toEqual(["url"]);
    }
  });

  it("rotates the secret at once", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const { body: made } = await apiClient().post("/v2/webhooks", { key, body: printed });
    const api = apiClient();
    const rotated = await api.post(`/v2/webhooks/${made.id}/rotate-secret`, { key });
    expect(rotated.status).toBe(200);
    expect(rotated.body).toEqual({ id: made.id, signing_secret: expect.stringMatching(/^whsec_/) });
    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.id)).get();
    expect(await openSecrets(TEST_MASTER_KEYS, made.id, row?.secrets ?? "")).toEqual([
      { value: rotated.body.signing_secret, until: null, since: expect.any(Number) },
    ]);
    expect(rotated.body.signing_secret).not.toBe(made.signing_secret);
    expect(api.recorded.configured).toMatchObject([{ version: 2, secrets: row?.secrets }]);
  });

  it("sends a test event and answers with its row of the log", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const webhook = await mintEndpoint(db, id, { profile: "audian" });
    const api = apiClient();
    const path = `/v2/webhooks/${webhook.id}/test`;
    const answer = await api.post(path, { key, body: { event: "recording.completed" } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: api.recorded.tested[0]?.eventId,
      webhook_id: webhook.id,
      event: "recording.completed",
      timestamp: "2026-08-20T14:00:00Z",
      status: "delivered",
      response_status: 204,
      attempts: 1,
    });
    expect(fieldsOf(await api.post(path, { key, body: { event: "fax.sent" } }))).toEqual(["event"]);
    expect((await api.post(path, { key })).status).toBe(200);
  });

  it("shows the log with the printed keys, words and pagination", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const webhook = await mintEndpoint(db, id, { profile: "audian" });
    const api = apiClient();
    for (const state of ["delivered", "pending", "held", "parked", "skipped"] as const) {
      api.log.push(deliveryOf({ eventId: `evt_${state}`, state }));
    }
    api.log.push(deliveryOf({ eventId: "evt_fresh", state: "pending", attempts: [], attemptCount: 0 }));
    const path = `/v2/webhooks/${webhook.id}/logs`;
    const { body } = await api.get(path, { key });
    expect(body.data[0]).toEqual({
      id: "evt_delivered",
      webhook_id: webhook.id,
      event: "call.completed",
      timestamp: "2026-08-20T14:00:00Z",
      status: "delivered",
      response_status: 204,
      attempts: 1,
    });
    expect(body.data.map((row: { status: string }) => row.status)).toEqual([
      "delivered",
      "pending",
      "pending",
      "failed",
      "failed",
      "pending",
    ]);
    expect(body.data[5]).toMatchObject({ response_status: null, attempts: 0 });
    expect(body.pagination).toEqual({ page: 1, limit: 50, total: 6 });
    const second = await api.get(`${path}?page=2&limit=4`, { key });
    expect(second.body.data.map((row: { id: string }) => row.id)).toEqual(["evt_skipped", "evt_fresh"]);
    expect(second.body.pagination).toEqual({ page: 2, limit: 4, total: 6 });
    // One row for each event, and nothing of what was sent travels for it.
    expect(api.recorded.logQueries).toEqual([50, 8].map((limit) => ({ limit, newest: true, brief: true })));
    expect(api.recorded.counted).toEqual([{ newest: true }, { newest: true }]);
    expect(fieldsOf(await api.get(`${path}?page=51&limit=200`, { key }))).toEqual(["page"]);
  });

  it("makes another organization's webhooks look missing", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const webhook = await mintEndpoint(db, theirs.id, { profile: "audian", createdAt: NOON });
    const api = apiClient();
    const path = `/v2/webhooks/${webhook.id}`;
    const answers = [
      await api.get(path, { key: mine.key }),
      await api.patch(path, { key: mine.key, body: {} }),
      await api.delete(path, { key: mine.key }),
      await api.post(`${path}/test`, { key: mine.key }),
      await api.get(`${path}/logs`, { key: mine.key }),
      await api.post(`${path}/rotate-secret`, { key: mine.key }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect(api.recorded).toMatchObject({ configured: [], logQueries: [], counted: [], tested: [] });
    expect((await api.get("/v2/webhooks", { key: mine.key })).body.data).toEqual([]);
    expect((await api.get(path, { key: theirs.key })).status).toBe(200);
  });
});
