import { expectSuccess, numberAt, request, textAt } from "../../scripts/api-client.ts";
import type { Server } from "./server.ts";

/** A fresh organization in our Worker, ready to be called about. */
export type Organization = {
  id: string;
  apiKey: string;
  campaign: number;
  sourcePath: string;
  sourceSecret: string;
  endpointIds: string[];
};

/** Makes an organization with a campaign, an Audian source and endpoints, all over the API like anyone else. */
export async function makeOrganization(
  server: Server,
  endpoints: { urls: readonly string[]; events: readonly string[]; shards?: number },
): Promise<Organization> {
  const post = async (path: string, token: string, body: unknown) =>
    expectSuccess(await request(server.url, path, { method: "POST", token, body }), `POST ${path}`);
  const made = await post("/admin/organizations", server.secrets.adminToken, { name: "Bench", plan: "enterprise" });
  const apiKey = textAt(made, ["api_key", "key"]);
  const campaign = await post("/v1/campaigns", apiKey, { name: "Bench" });
  const source = await post("/v1/sources", apiKey, {
    kind: "audian",
    name: "Bench",
    campaign_id: textAt(campaign, ["id"]),
  });
  const endpointIds: string[] = [];
  for (const url of endpoints.urls) {
    const { events, shards = 1 } = endpoints;
    endpointIds.push(textAt(await post("/v1/endpoints", apiKey, { url, events, shards }), ["id"]));
  }
  return {
    id: textAt(made, ["organization", "id"]),
    apiKey,
    campaign: numberAt(campaign, ["number"]),
    sourcePath: `/webhook/audian/${textAt(source, ["id"])}`,
    sourceSecret: textAt(source, ["secret"]),
    endpointIds,
  };
}
