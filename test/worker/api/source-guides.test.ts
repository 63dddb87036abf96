import { describe, expect, it } from "vitest";
import { mintCampaign, mintOrganization, mintSource } from "../../factories";
import { apiClient, db } from "./client";

async function guideOfAnura(key: string, api: ReturnType<typeof apiClient>) {
  const made = await api.post("/v1/sources", { key, body: { kind: "anura", name: "Anura" } });
  return `/v1/sources/${made.body.id}/guide`;
}

describe("a source's guide", () => {
  it("is Anura's screen with the campaign's number in a body ready to paste", async () => {
    const { id, key } = await mintOrganization(db);
    const first = await mintCampaign(db, id);
    const second = await mintCampaign(db, id, "Claims");
    const api = apiClient();
    const path = await guideOfAnura(key, api);
    const { status, body } = await api.get(`${path}?campaign_id=${second.id}`, { key });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: "anura",
      webhook_url: expect.stringMatching(/^https:\/\/trunkline\.test\/webhook\/anura\/src_/),
    });
    const request = Object.fromEntries(
      body.request.map((row: { name: string; value: string }) => [row.name, row.value]),
    );
    expect(request).toMatchObject({
      Protocol: "HTTPS",
      Host: "trunkline.test",
      Port: "443",
      Path: new URL(body.webhook_url).pathname,
      Method: "POST",
      "Content type": "application/json",
      Authorization: "No authorization",
    });
    expect(body.headers.map((row: { name: string }) => row.name)).toEqual(["X-API-Key", "Content-Type"]);
    const pasted = JSON.parse(body.snippets[0].text) as Record<string, unknown>;
    expect(pasted).toMatchObject({
      campaign_id: second.number,
      dialtime: "{{ dialtime }}",
      audio_file_mp3: "{{ audio_file_mp3 }}",
    });
    expect(second.number).not.toBe(first.number);
    expect(body.variables).toContainEqual({
      field: "accountname",
      variable: "{{ accountname }}",
      purpose: expect.any(String),
      required: true,
    });
    expect(body.warnings).toEqual([]);
  });

  it("takes the only campaign there is, and none of several", async () => {
    const { id, key } = await mintOrganization(db);
    await mintCampaign(db, id);
    const api = apiClient();
    const path = await guideOfAnura(key, api);
    expect((await api.get(path, { key })).body.snippets[0].text).toContain('"campaign_id": 1');
    await mintCampaign(db, id, "Another");
    const unsettled = (await api.get(path, { key })).body;
    expect(unsettled.snippets[0].text).toContain('"campaign_id": <YOUR_CAMPAIGN_ID>');
    expect(unsettled.warnings).toMatchObject([{ code: "no_campaign" }]);
  });

  // As calls are placed: the organization's only campaign is not the campaign of whatever source has none.
  it("promises no campaign to a source that has none, and says that its calls will wait", async () => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const guideOf = async (body: object, query = "") => {
      const made = await api.post("/v1/sources", { key, body: { kind: "external", name: "Dialler", ...body } });
      return (await api.get(`/v1/sources/${made.body.id}/guide${query}`, { key })).body;
    };
    for (const query of ["", `?campaign_id=${campaign.id}`]) {
      const bare = await guideOf({}, query);
      expect(bare.warnings).toMatchObject([{ code: "no_campaign", message: expect.stringContaining("campaign_id") }]);
      expect(bare.before.join()).not.toContain(campaign.name);
    }
    const bound = await guideOf({ campaign_id: campaign.id });
    expect(bound.warnings).toEqual([]);
    expect(bound.before.join()).toContain(campaign.name);
    expect((await guideOf({ settings: { campaigns: { north: campaign.id } } })).warnings).toEqual([]);
    expect((await guideOf({ kind: "internal" })).snippets[0].text).toContain("campaign_id=1 ");
  });

  it("says what is lost without credentials, and nothing that never was to be had", async () => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const messageFor = async (kind: string) => {
      const body = { kind, name: kind, campaign_id: campaign.id };
      const made = await api.post("/v1/sources", { key, body });
      const { warnings } = (await api.get(`/v1/sources/${made.body.id}/guide`, { key })).body;
      expect(warnings).toMatchObject([{ code: "no_credentials" }]);
      return warnings[0].message as string;
    };
    expect(await messageFor("aircall")).toContain("lost calls are not found");
    expect(await messageFor("dialpad")).not.toContain("lost calls");
  });

  it.each([["http://localhost:8787"], ["http://127.0.0.1:8787"], ["http://192.168.1.10"], ["https://pbx.local"]])(
    "warns that no platform can reach %s",
    async (publicUrl) => {
      const { id, key } = await mintOrganization(db);
      await mintCampaign(db, id);
      const deployed = apiClient();
      const path = await guideOfAnura(key, deployed);
      const local = apiClient({ config: { ...deployed.deps.config, publicUrl } });
      const { body } = await local.get(path, { key });
      expect(body.webhook_url.startsWith(`${publicUrl}/webhook/anura/src_`)).toBe(true);
      expect(body.warnings).toMatchObject([{ code: "not_reachable" }]);
      expect(body.warnings[0].message).toContain(new URL(publicUrl).host);
    },
  );

  it("warns of a paused source and is closed to other organizations", async () => {
    const mine = await mintOrganization(db);
    const other = await mintOrganization(db);
    const campaign = await mintCampaign(db, mine.id);
    const foreign = await mintCampaign(db, other.id);
    const source = await mintSource(db, mine.id, { campaignId: campaign.id, state: "paused" });
    const path = `/v1/sources/${source.id}/guide`;
    const api = apiClient();
    expect((await api.get(path, { key: mine.key })).body.warnings).toMatchObject([{ code: "paused" }]);
    expect((await api.get(path, { key: other.key })).status).toBe(404);
    const bare = await mintSource(db, mine.id);
    expect((await api.get(`/v1/sources/${bare.id}/guide?campaign_id=${foreign.id}`, { key: mine.key })).status).toBe(
      422,
    );
  });
});

describe("a source that is made with nothing", () => {
  it("is told what is required, in the words of people", async () => {
    const { key } = await mintOrganization(db);
    const { status, body } = await apiClient().post("/v1/sources", { key, body: { kind: "external" } });
    expect([status, body.errors]).toMatchObject([422, [{ field: "name", message: "is required" }]]);
  });
});

describe("/v1/source-kinds", () => {
  it("lists what may be set on a source of each platform, as JSON Schema", async () => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const { status, body } = await api.get("/v1/source-kinds", { key });
    expect(status).toBe(200);
    expect(body.data.find((one: { kind: string }) => one.kind === "anura")).toMatchObject({
      names_campaign: true,
      secret: null,
    });
    for (const { kind } of body.data as { kind: string }[]) {
      const detail = await api.get(`/v1/source-kinds/${kind}`, { key });
      expect(detail.body).toMatchObject({
        kind,
        settings: { type: "object", properties: { time_zone: { type: "string" } }, additionalProperties: false },
      });
    }
    expect((await api.get("/v1/source-kinds/none", { key })).status).toBe(404);
  });
});

describe("/v1/sources/{id}/reconciliations", () => {
  it("says why a source cannot be compared, and shows nothing to others", async () => {
    const mine = await mintOrganization(db);
    const other = await mintOrganization(db);
    const source = await mintSource(db, mine.id);
    const path = `/v1/sources/${source.id}/reconciliations`;
    const api = apiClient();
    expect((await api.get(path, { key: mine.key })).body).toEqual({
      data: [],
      next_cursor: null,
      prev_cursor: null,
      totals: { days: 30, listed: 0, missing: 0, loss_rate: null },
    });
    expect((await api.get(path, { key: other.key })).status).toBe(404);
    const span = { from: "2026-08-19T00:00:00Z", until: "2026-08-20T00:00:00Z" };
    const refused = await api.post(path, { key: mine.key, body: span });
    expect(refused.status).toBe(409);
    expect(refused.body.message ?? refused.body.detail).toContain("Audian");
  });
});
