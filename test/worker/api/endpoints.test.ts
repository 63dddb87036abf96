import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { readConfig } from "../../../src/config";
import { endpoints } from "../../../src/db/schema";
import { unseal } from "../../../src/lib/seal";
import { mintEndpoint, mintOrganization, NOON, TEST_MASTER_KEYS } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const body = { url: "https://subscriber.test/hooks", events: ["call.*", "recording.completed"] };

describe("/v1/endpoints", () => {
  it("makes an endpoint, shows its secret once and tells its object", async ({ expect }) => {
    const { id: organizationId, key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.post("/v1/endpoints", { key, body: { ...body, description: "CRM" } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...body, description: "CRM", profile: "standard", active: true });
    expect(made.body.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

    const row = await db.select().from(endpoints).where(eq(endpoints.id, made.body.id)).get();
    expect(await unseal(TEST_MASTER_KEYS, `endpoint:${made.body.id}`, row?.secrets ?? "")).toBe(
      JSON.stringify([made.body.signing_secret]),
    );
    expect(api.told.configured).toMatchObject([
      { id: made.body.id, organizationId, version: 1, active: true, deleted: false, secrets: row?.secrets },
    ]);
    // D1's clock, not ours.
    expect(Math.abs(Date.now() - (row?.createdAt ?? 0))).toBeLessThan(60_000);

    const { signing_secret: _, ...shown } = made.body;
    expect((await api.get(`/v1/endpoints/${made.body.id}`, { key })).body).toEqual(shown);
    expect((await api.get("/v1/endpoints", { key })).body).toEqual({ data: [shown], next_cursor: null });
    expect((await api.get("/v1/webhooks", { key })).body).toEqual({ data: [shown], next_cursor: null });
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
    expect(api.told.configured).toEqual([]);
  });

  it("changes an endpoint, raising its version, and tells its object each time", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const changes = { url: "https://elsewhere.test/", events: ["*"], description: null, active: false };
    const changed = await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: changes });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject(changes);
    await api.patch(`/v1/endpoints/${endpoint.id}`, { key, body: { active: true } });
    expect(api.told.configured).toMatchObject([
      { version: 2, active: false, url: "https://elsewhere.test/" },
      { version: 3, active: true, url: "https://elsewhere.test/" },
    ]);
  });

  it("deletes an endpoint for good; deleting again tells the object again", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const path = `/v1/endpoints/${endpoint.id}`;
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.delete(path, { key })).status).toBe(204);
    expect(api.told.configured).toMatchObject([
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
    expect(api.told.configured).toHaveLength(1);
  });

  it("shows the log, filtered and by page", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const endpoint = await mintEndpoint(db, id);
    const api = apiClient();
    const entry = {
      deliveryId: "dlv_2",
      stream: "call_1",
      seq: 1,
      replay: 0,
      eventId: "evt_1",
      type: "call.completed",
      state: "delivered" as const,
      enqueuedAt: NOON,
      dueAt: null,
      finishedAt: NOON + 400,
      attempts: [
        {
          number: 1,
          dueAt: NOON,
          startedAt: NOON,
          endedAt: NOON + 400,
          status: 204,
          error: null,
          request: { method: "POST", url: endpoint.url, headers: {}, body: "{}" },
          response: { headers: {}, body: "" },
        },
      ],
    };
    api.log.push(entry, { ...entry, deliveryId: "dlv_1" });
    const first = await api.get(`/v1/endpoints/${endpoint.id}/log?limit=1&state=delivered&call_id=call_1`, { key });
    expect(first.body.data).toMatchObject([
      {
        delivery_id: "dlv_2",
        event: { id: "evt_1", seq: 1 },
        finished_at: "2026-08-20T14:00:00.400Z",
        attempts: [{ status: 204, due_at: "2026-08-20T14:00:00.000Z" }],
      },
    ]);
    await api.get(`/v1/endpoints/${endpoint.id}/log?cursor=${first.body.next_cursor}`, { key });
    expect(api.told.logQueries).toEqual([
      { limit: 2, state: "delivered", stream: "call_1" },
      { limit: 51, before: { enqueuedAt: NOON, deliveryId: "dlv_2" } },
    ]);
  });
});
