import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { apiKeys } from "../../../src/db/schema";
import { sha256Hex } from "../../../src/lib/hmac";
import { mintApiKey, mintCampaign, mintOrganization, mintSource } from "../../factories";
import { apiClient, db, fieldsOf } from "./client";

describe("/v1/api-keys", () => {
  it("shows a key once and keeps its hash only", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const api = apiClient();
    const made = await api.post("/v1/api-keys", { key, body: { name: "Anura", campaign_id: campaign.id } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: "Anura", campaign_id: campaign.id, prefix: made.body.key.slice(0, 9) });

    const row = await db.select().from(apiKeys).where(eq(apiKeys.id, made.body.id)).get();
    expect(row?.hash).toBe(await sha256Hex(made.body.key));
    expect(JSON.stringify(row)).not.toContain(made.body.key);
    expect(JSON.stringify((await api.get("/v1/api-keys", { key })).body)).not.toContain(made.body.key);
  });

  it("names a campaign that is not there, also when another organization has it", async ({ expect }) => {
    const [mine, other] = [await mintOrganization(db), await mintOrganization(db)];
    const campaign = await mintCampaign(db, other.id);
    const answer = await apiClient().post("/v1/api-keys", {
      key: mine.key,
      body: { name: "x", campaign_id: campaign.id },
    });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual(["campaign_id"]);
  });

  it("is refused where its limit and its scopes leave nothing that it could do", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const source = await mintSource(db, id);
    const api = apiClient();
    const made = async (body: Record<string, unknown>) => {
      const answer = await api.post("/v1/api-keys", { key, body: { name: "x", ...body } });
      return answer.status === 201 ? [] : fieldsOf(answer);
    };
    expect(await made({ role: "viewer", campaign_id: campaign.id })).toEqual(["campaign_id"]);
    expect(await made({ scopes: ["calls:read"], source_id: source.id })).toEqual(["source_id"]);
    expect(await made({ scopes: ["uploads:write"], source_id: source.id })).toEqual(["source_id"]);
    expect(await made({ scopes: ["uploads:write"], campaign_id: campaign.id })).toEqual([]);
    expect(await made({ scopes: ["calls:read", "notices:write"], source_id: source.id })).toEqual([]);
  });

  it("revokes, and revoking again changes nothing", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const api = apiClient();
    expect((await api.delete(`/v1/api-keys/${other.row.id}`, { key })).status).toBe(204);
    expect((await api.delete(`/v1/api-keys/${other.row.id}`, { key })).status).toBe(204);
    expect((await api.get("/v1/campaigns", { key: other.key })).status).toBe(401);
  });

  it("keeps the last key with full rights; one limited to a campaign does not count", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const campaign = await mintCampaign(db, id);
    const limited = await mintApiKey(db, { organizationId: id, campaignId: campaign.id });
    const api = apiClient();
    expect((await api.delete(`/v1/api-keys/${apiKeyId}`, { key })).status).toBe(409);
    expect((await api.delete(`/v1/api-keys/${limited.row.id}`, { key })).status).toBe(204);
    expect((await api.get("/v1/campaigns", { key })).status).toBe(200);
  });

  it("lets only one of two keys that revoke each other win", async ({ expect }) => {
    const { id, key, apiKeyId } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const api = apiClient();
    const answers = await Promise.all([
      api.delete(`/v1/api-keys/${other.row.id}`, { key }),
      api.delete(`/v1/api-keys/${apiKeyId}`, { key: other.key }),
    ]);
    expect(answers.filter((answer) => answer.status === 204)).toHaveLength(1);
  });
});
