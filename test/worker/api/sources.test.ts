import { describe, it } from "vitest";
import { addCounts } from "../../../src/sources";
import { mintCampaign, mintOrganization, mintSource, NOON } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

const body = { kind: "audian", name: "Audian" };

describe("/v1/sources", () => {
  it("makes, reads, lists, pauses and deletes", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const settings = { time_zone: "America/Argentina/Buenos_Aires" };
    const made = await api.post("/v1/sources", { key, body: { ...body, campaign_id: campaign.id, settings } });
    expect(made.status).toBe(201);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_/);
    expect(shown).toMatchObject({ ...body, campaign_id: campaign.id, settings, state: "active" });
    const path = `/v1/sources/${shown.id}`;
    expect((await api.get(path, { key })).body).toEqual(shown);
    const health = { state: "never", status: "never", last_notice_at: null };
    expect((await api.get("/v1/sources", { key })).body).toEqual({
      data: [{ ...shown, health }],
      next_cursor: null,
      prev_cursor: null,
    });
    expect((await api.patch(path, { key, body: { state: "paused" } })).body).toEqual({ ...shown, state: "paused" });
    expect((await api.delete(path, { key })).status).toBe(204);
    expect((await api.get(path, { key })).status).toBe(404);
    expect((await api.delete(path, { key })).status).toBe(404);
  });

  it("rotates the secret and retires the old one", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.post("/v1/sources", { key, body });
    const path = `/v1/sources/${made.body.id}`;
    const rotated = await api.post(`${path}/rotate-secret`, { key, body: {} });
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(made.body.secret);
    const chosen = await api.post(`${path}/rotate-secret`, {
      key,
      body: { secret: "a-secret-of-the-platform", keep_previous: false },
    });
    expect(chosen.body).toEqual({ secret: "a-secret-of-the-platform" });
    expect((await api.post(`${path}/retire-previous-secret`, { key })).status).toBe(204);
  });

  it("names what is wrong", async ({ expect }) => {
    const [{ key }, other] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintCampaign(db, other.id);
    const api = apiClient();
    const fields = async (given: object) => fieldsOf(await api.post("/v1/sources", { key, body: given }));
    expect(await fields({ kind: "fax", name: "" })).toEqual(["kind", "name"]);
    expect(await fields({ ...body, secret: "short" })).toEqual(["secret"]);
    expect(await fields({ ...body, campaign_id: foreign.id })).toEqual(["campaign_id"]);
    expect(await fields({ ...body, settings: { zone: "UTC" } })).toEqual(["settings.zone"]);
  });

  it("gives each Anura source an address of its own, the organization's first one too", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const first = await api.post("/v1/sources", { key, body: { kind: "anura", name: "Anura" } });
    expect(first.body).toMatchObject({
      kind: "anura",
      secret: null,
      webhook_url: expect.stringMatching(/^https:\/\/trunkline\.test\/webhook\/anura\/src_[0-9a-z]{26}$/),
    });
    const second = await api.post("/v1/sources", { key, body: { kind: "anura", name: "Second office" } });
    expect(second.body.webhook_url).toBe(`https://trunkline.test/webhook/anura/${second.body.id}`);
    expect((await api.delete(`/v1/sources/${first.body.id}`, { key })).status).toBe(409);
    expect((await api.delete(`/v1/sources/${second.body.id}`, { key })).status).toBe(204);
  });
});

describe("/v1/sources/{id}/health", () => {
  it("says how a source does, also in the list", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const [source, other] = [await mintSource(db, id), await mintSource(db, (await mintOrganization(db)).id)];
    const count = {
      organizationId: id,
      sourceId: source.id,
      sourceKind: "audian",
      hour: NOON,
      requests: 3,
      lastAt: NOON,
    };
    await addCounts(db, [
      { ...count, outcome: "accepted", reason: "" },
      { ...count, outcome: "refused", reason: "wrong_signature", requests: 1 },
    ]);
    const api = apiClient();
    const answer = await api.get(`/v1/sources/${source.id}/health?hours=2`, { key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: "active",
      last_notice_at: "2026-08-20T14:00:00.000Z",
      last_accepted_at: "2026-08-20T14:00:00.000Z",
      from: "2026-08-20T13:00:00.000Z",
      counts: { accepted: 3, ignored: 0, quarantined: 0, refused: 1, dead: 0 },
      success_rate: 0.75,
      reasons: [
        { outcome: "refused", reason: "wrong_signature", requests: 1, advice: expect.stringContaining("secret") },
      ],
      hours: [{ accepted: 0 }, { hour: "2026-08-20T14:00:00.000Z", accepted: 3, refused: 1 }],
    });
    expect((await api.get("/v1/sources", { key })).body.data).toMatchObject([
      { id: source.id, health: { state: "active", status: "active", last_notice_at: "2026-08-20T14:00:00.000Z" } },
    ]);
    expect((await api.get(`/v1/sources/${source.id}/health`, { key })).body.hours).toHaveLength(24);
    expect(fieldsOf(await api.get(`/v1/sources/${source.id}/health?hours=721`, { key }))).toEqual(["hours"]);
    expect((await api.get(`/v1/sources/${other.id}/health`, { key })).status).toBe(404);
  });
});
