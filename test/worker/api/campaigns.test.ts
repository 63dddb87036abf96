import { describe, it } from "vitest";
import { createCampaign } from "../../../src/campaigns";
import { mintCall, mintCampaign, mintOrganization, mintRecording, mintTask, ACT_AT_NOON } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

describe("/v1/campaigns", () => {
  it("makes, reads, lists, changes and archives", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.post("/v1/campaigns", { key, body: { name: " Renewals " } });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^cmp_/),
      number: 1,
      name: "Renewals",
      settings: {
        auto_analyze: true,
        notify_on_complete: false,
        engines: [],
        language: null,
        keyterms: [],
        sum_up: false,
        topics: [],
        inference_policy: null,
        indicators: false,
        keep_originals: true,
        processed_after_minutes: 15,
        redact: null,
        assign_to_team: null,
      },
      redacts: [],
      warnings: [],
      created_at: "2026-08-20T14:00:00.000Z",
      archived_at: null,
    });
    const path = `/v1/campaigns/${made.body.id}`;
    expect((await api.get(path, { key })).body).toEqual(made.body);

    const changed = await api.patch(path, {
      key,
      body: { name: "Sales", archived: true, settings: { auto_analyze: false } },
    });
    expect(changed.body).toMatchObject({
      name: "Sales",
      archived_at: "2026-08-20T14:00:00.000Z",
      settings: { auto_analyze: false, notify_on_complete: false, assign_to_team: null },
    });
    expect((await api.get("/v1/campaigns?archived=yes", { key })).body).toEqual({
      data: [changed.body],
      next_cursor: null,
      prev_cursor: null,
    });
    expect((await api.get("/v1/campaigns?archived=no", { key })).body.data).toEqual([]);

    const back = await api.patch(path, { key, body: { archived: false } });
    expect(back.body).toMatchObject({ name: "Sales", archived_at: null, settings: { auto_analyze: false } });
    expect((await api.patch(path, { key, body: {} })).body).toEqual(back.body);
  });

  it("counts numbers in each organization, also when many are made at once", async ({ expect }) => {
    const [one, other] = [await mintOrganization(db), await mintOrganization(db)];
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createCampaign({ db }, { organizationId: one.id, name: "x" }, ACT_AT_NOON)),
    );
    expect(made.map((campaign) => campaign.number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await createCampaign({ db }, { organizationId: other.id, name: "x" }, ACT_AT_NOON)).number).toBe(1);
  });

  it("names what is wrong with a change", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await createCampaign({ db }, { organizationId: id, name: "x" }, ACT_AT_NOON);
    const answer = await apiClient().patch(`/v1/campaigns/${campaign.id}`, {
      key,
      body: { name: "", archived: "yes", number: 3 },
    });
    expect(fieldsOf(answer).toSorted()).toEqual(["archived", "name", "number"]);
  });
});

describe("a campaign named by its number", () => {
  it.for(["calls", "tasks"])(
    "is understood as a filter of /v1/%s, and refused where there is none",
    async (list, { expect }) => {
      const [{ id, key }, other] = [await mintOrganization(db), await mintOrganization(db)];
      const campaign = await mintCampaign(db, id);
      await mintCampaign(db, other.id, "Theirs");
      const foreign = await mintCampaign(db, other.id, "Theirs too");
      const call = await mintCall(db, id, { campaignId: campaign.id });
      const recording = await mintRecording(db, call);
      await mintTask(db, call, recording.id, { campaignId: campaign.id });
      const api = apiClient();
      const idsBy = async (name: string | number) =>
        (await api.get(`/v1/${list}?campaign_id=${name}`, { key })).body.data.map((one: { id: string }) => one.id);
      expect(await idsBy(campaign.id)).toHaveLength(1);
      expect(await idsBy(campaign.number)).toEqual(await idsBy(campaign.id));
      for (const name of [foreign.number, foreign.id, "Renewals"]) {
        const answer = await api.get(`/v1/${list}?campaign_id=${name}`, { key });
        expect(answer.status).toBe(422);
        expect(answer.body.errors[0].field).toBe("campaign_id");
      }
    },
  );

  it("is understood where a source is made and changed, Anura's too", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const made = await api.post("/v1/sources", {
      key,
      body: { kind: "anura", name: "Anura", campaign_id: campaign.number },
    });
    expect(made).toMatchObject({ status: 201, body: { campaign_id: campaign.id } });
    const guide = await api.get(`/v1/sources/${made.body.id}/guide`, { key });
    expect(guide.body.snippets[0].text).toContain(`"campaign_id": ${campaign.number}`);
    expect(guide.body.warnings.map((one: { code: string }) => one.code)).not.toContain("no_campaign");
    const changed = await api.patch(`/v1/sources/${made.body.id}`, { key, body: { campaign_id: null } });
    expect(changed.body.campaign_id).toBeNull();
    const back = await api.patch(`/v1/sources/${made.body.id}`, {
      key,
      body: { campaign_id: String(campaign.number) },
    });
    expect(back.body.campaign_id).toBe(campaign.id);
    const wrong = await api.patch(`/v1/sources/${made.body.id}`, { key, body: { campaign_id: 99 } });
    expect(wrong.status).toBe(422);
  });
});
