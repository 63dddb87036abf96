import { describe, it } from "vitest";
import { FULL_REACH, revokeApiKey } from "../../../src/identity";
import { mintApiKey, mintCampaign, mintOrganization, ACT_AT_NOON } from "../../factories";
import { apiClient, db } from "./client";

const HEADERS: ((key: string) => Record<string, string>)[] = [
  (key) => ({ "x-api-key": key }),
  (key) => ({ authorization: `Bearer ${key}` }),
  (key) => ({ authorization: `bearer ${key}` }),
  (key) => ({ "x-auth-token": key }),
];

describe("authentication", () => {
  it("takes the key in each of its headers", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    for (const headersOf of HEADERS)
      expect((await apiClient().get("/v1/campaigns", { headers: headersOf(key) })).status).toBe(200);
  });

  it("accepts several headers with keys of one organization", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const headers = { "x-api-key": key, authorization: `Bearer ${other.key}`, "x-auth-token": key };
    expect((await apiClient().get("/v1/campaigns", { headers })).status).toBe(200);
  });

  it("refuses several headers of different organizations", async ({ expect }) => {
    const [one, other] = [await mintOrganization(db), await mintOrganization(db)];
    const answer = await apiClient().get("/v1/campaigns", {
      headers: { "x-api-key": one.key, "x-auth-token": other.key },
    });
    expect(answer.status).toBe(401);
  });

  it("refuses a good key beside a bad one", async ({ expect }) => {
    const { key } = await mintOrganization(db);
    const answer = await apiClient().get("/v1/campaigns", {
      headers: { "x-api-key": key, "x-auth-token": "YOUR_API_KEY" },
    });
    expect(answer.status).toBe(401);
  });

  it.for(["", "YOUR_API_KEY", "tk_00000000000000000000000000000000"])(
    "refuses %o with a problem",
    async (key, { expect }) => {
      const answer = await apiClient().get("/v1/campaigns", { headers: { "x-api-key": key } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.body).toMatchObject({ status: 401, title: "Not authenticated", errors: [] });
    },
  );

  it("refuses a revoked key", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    await mintApiKey(db, { organizationId: id });
    await revokeApiKey({ db }, { organizationId: id, reach: FULL_REACH, id: apiKeyId }, ACT_AT_NOON);
    expect((await apiClient().get("/v1/campaigns", { key })).status).toBe(401);
  });

  it("keeps a key that is limited to a campaign out, even beside a full one", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const limited = await mintApiKey(db, { organizationId: id, campaignId: campaign.id });
    expect((await apiClient().get("/v1/campaigns", { key: limited.key })).status).toBe(403);
    const both = { "x-api-key": key, "x-auth-token": limited.key };
    expect((await apiClient().get("/v1/campaigns", { headers: both })).status).toBe(403);
  });
});
