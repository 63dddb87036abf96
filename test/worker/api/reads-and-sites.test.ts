import { describe, it } from "vitest";
import { mintApiKey, mintCall, mintCampaign, mintOrganization } from "../../factories";
import { apiClient, db } from "./client";

const ASKS = { "access-control-request-method": "GET", "access-control-request-headers": "x-api-key" };

describe("pages of other sites", () => {
  it("read what is answered to a key that allows their site, and to no other", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const origin = "https://app.allowed.example";
    const made = await api.post("/v1/api-keys", { key, body: { name: "Page", allowed_origins: [origin] } });
    expect([made.status, made.body.allowed_origins]).toEqual([201, [origin]]);
    const preflight = await api.call("OPTIONS", "/v1/calls", { headers: { origin, ...ASKS } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("GET, HEAD");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-api-key");
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    const read = await api.get("/v1/calls", { key: made.body.key, headers: { origin } });
    expect(read.headers.get("access-control-allow-origin")).toBe(origin);
    expect(read.headers.get("access-control-expose-headers")).toContain("x-request-id");
    expect(read.headers.get("vary")).toContain("origin");
    const others = [
      await api.get("/v1/calls", { key, headers: { origin } }),
      await api.get("/v1/calls", { key: made.body.key, headers: { origin: "https://elsewhere.example" } }),
      await api.get("/v1/calls", { key: made.body.key }),
      await api.call("OPTIONS", "/v1/calls", { headers: { origin: "https://elsewhere.example", ...ASKS } }),
      await api.get("/v1/calls", { headers: { origin } }),
    ];
    for (const { headers } of others) expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("are allowed by their origin, and a rotated key allows the same", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    for (const wrong of ["*", "null", "https://a.example/", "https://a.example/x", "ftp://a.example", "a.example"]) {
      const answer = await api.post("/v1/api-keys", { key, body: { name: "Page", allowed_origins: [wrong] } });
      expect([wrong, answer.status]).toEqual([wrong, 422]);
    }
    const body = { name: "Page", allowed_origins: ["http://localhost:3000"] };
    const made = await api.post("/v1/api-keys", { key, body });
    const rotated = await api.post(`/v1/api-keys/${made.body.id}/rotate`, { key, body: {} });
    expect(rotated.body.allowed_origins).toEqual(["http://localhost:3000"]);
  });
});

describe("/api/v1", () => {
  it("is another name of /v1", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const api = apiClient();
    const made = await api.post("/api/v1/campaigns", { key, body: { name: "Sales" } });
    expect(made.status).toBe(201);
    const read = await api.get(`/api/v1/campaigns/${made.body.id}`, { key });
    expect(read.body).toEqual((await api.get(`/v1/campaigns/${made.body.id}`, { key })).body);
    expect(read.headers.get("x-ratelimit-limit")).toBe("1000");
    const stale = { key, headers: { "if-match": '"old"' }, body: { name: "Support" } };
    expect((await api.patch(`/api/v1/campaigns/${made.body.id}`, stale)).status).toBe(412);
    expect((await api.call("PUT", "/api/v1/campaigns", { key })).status).toBe(405);
    expect((await api.get("/api/v1/none", { key })).status).toBe(404);
    expect((await api.get("/api/v1x/campaigns", { key })).status).toBe(404);
  });
});

describe("expand", () => {
  it("shows what ids name, as far as the caller may read it", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const call = await mintCall(db, id, { campaignId: campaign.id });
    const api = apiClient();
    const one = await api.get(`/v1/calls/${call.id}?expand=campaign`, { key });
    expect(one.body.campaign).toEqual((await api.get(`/v1/campaigns/${campaign.id}`, { key })).body);
    expect(one.headers.get("etag")).toMatch(/^"/);
    const list = await api.get("/v1/calls?expand=campaign", { key });
    expect(list.body.data.map((entry: { campaign: { id: string } }) => entry.campaign.id)).toEqual([campaign.id]);
    const few = await mintApiKey(db, { organizationId: id, scopes: ["calls:read"] });
    const limited = await api.get(`/v1/calls/${call.id}?expand=campaign`, { key: few.key });
    expect([limited.status, limited.body.campaign, limited.body.campaign_id]).toEqual([200, null, campaign.id]);
    const wrong = await api.get("/v1/calls?expand=secrets", { key });
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([422, "expand"]);
    expect((await api.get("/v1/campaigns?expand=call", { key })).status).toBe(422);
    const fields = await api.get(`/v1/calls/${call.id}?expand=campaign&fields=id`, { key });
    expect(fields.body).toEqual({ id: call.id });
  });

  it("is bounded", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    for (let at = 0; at < 51; at += 1) {
      const campaign = await mintCampaign(db, id, `Campaign ${at}`);
      await mintCall(db, id, { campaignId: campaign.id });
    }
    const answer = await apiClient().get("/v1/calls?expand=campaign&limit=60", { key });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, "expand"]);
    expect((await apiClient().get("/v1/calls?expand=campaign&limit=50", { key })).status).toBe(200);
  });
});
