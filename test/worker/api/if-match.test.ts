import { describe, it } from "vitest";
import { mintApiKey, mintCampaign, mintEndpoint, mintOperator, mintOrganization, mintSource } from "../../factories";
import { apiClient, db } from "./client";

const CHANGES: Record<string, { mint: (organizationId: string) => Promise<{ id: string }>; change: object }> = {
  campaigns: { mint: (id) => mintCampaign(db, id), change: { name: "Other" } },
  endpoints: { mint: (id) => mintEndpoint(db, id), change: { description: "Other" } },
  sources: { mint: (id) => mintSource(db, id), change: { name: "Other" } },
  operators: { mint: (id) => mintOperator(db, id, "Ana"), change: { name: "Other" } },
};

describe("If-Match", () => {
  it.for(Object.entries(CHANGES))(
    "keeps a stale change from /v1/%s",
    async ([resource, { mint, change }], { expect }) => {
      const { id: organizationId, key } = await mintOrganization(db);
      const { id } = await mint(organizationId);
      const path = `/v1/${resource}/${id}`;
      const api = apiClient();
      const read = await api.get(path, { key });
      const etag = read.headers.get("etag") ?? "";
      const matching = await api.patch(path, { key, body: change, headers: { "if-match": etag } });
      expect(matching.status).toBe(200);
      const after = await api.get(path, { key });
      expect(after.body).toMatchObject(change);
      expect(matching.headers.get("etag")).toBe(after.headers.get("etag"));
      const stale = await api.patch(path, { key, body: change, headers: { "if-match": etag } });
      expect(stale).toMatchObject({ status: 412, body: { code: "precondition_failed" } });
      expect(stale.headers.get("etag")).toBe(after.headers.get("etag"));
      expect((await api.patch(path, { key, body: change, headers: { "if-match": "*" } })).status).toBe(200);
      expect((await api.patch(path, { key, body: change })).status).toBe(200);
    },
  );

  it("needs the right to read what is compared, and finds no foreign thing", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const { key } = await mintApiKey(db, { organizationId: mine.id, scopes: ["campaigns:write"] });
    const [own, foreign] = [await mintCampaign(db, mine.id), await mintCampaign(db, theirs.id)];
    const headers = { "if-match": "*" };
    const blind = await apiClient().patch(`/v1/campaigns/${own.id}`, { key, body: { name: "x" }, headers });
    expect(blind).toMatchObject({ status: 403, body: { permission: "campaigns:read" } });
    const other = await apiClient().patch(`/v1/campaigns/${foreign.id}`, {
      key: mine.key,
      body: { name: "x" },
      headers,
    });
    expect(other.status).toBe(404);
  });

  it("is refused where nothing can be compared", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const other = await mintApiKey(db, { organizationId: id });
    const answer = await apiClient().delete(`/v1/api-keys/${other.row.id}`, { key, headers: { "if-match": '"x"' } });
    expect(answer.status).toBe(412);
  });
});
