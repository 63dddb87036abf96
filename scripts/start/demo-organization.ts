import { expectSuccess, isObject, numberAt, request, textAt } from "../api-client.ts";
import { Trouble } from "../trouble.ts";
import { createOwner, prepareOwner, type DemoOwner } from "./demo-owner.ts";

/** What dev.json and receiver.json remember of the demo organization. */
export type Demo = {
  organizationId: string;
  apiKey: string;
  campaignId: string;
  campaignNumber: number;
  endpointId: string;
  endpointUrl: string;
  signingSecret: string;
} & DemoOwner;

type Deployment = { url: string; adminToken: string; receiverUrl: string };

/** The demo organization of earlier starts if it still stands, else a new one; its endpoint points at the receiver. */
export async function prepareDemo(deployment: Deployment, known: Partial<Demo>): Promise<Demo> {
  if (!(await keyWorks(deployment.url, known.apiKey))) return createDemo(deployment);
  const campaign = isCampaign(known) ? known : await createCampaign(deployment.url, known.apiKey ?? "");
  const endpoint = await prepareEndpoint(deployment, known);
  await ensurePlan(deployment, known.organizationId ?? "");
  return {
    organizationId: known.organizationId ?? "",
    apiKey: known.apiKey ?? "",
    ...pickCampaign(campaign),
    ...endpoint,
    ...(await prepareOwner(deployment, known)),
  };
}

async function createDemo(deployment: Deployment): Promise<Demo> {
  const made = expectSuccess(
    await request(deployment.url, "/admin/organizations", {
      method: "POST",
      token: deployment.adminToken,
      body: { name: "Demo", plan: "enterprise" },
    }),
    "making the demo organization",
  );
  const apiKey = textAt(made, ["api_key", "key"]);
  const campaign = await createCampaign(deployment.url, apiKey);
  const endpoint = await createEndpoint(deployment, apiKey);
  const organizationId = textAt(made, ["organization", "id"]);
  return { organizationId, apiKey, ...campaign, ...endpoint, ...(await createOwner(deployment, organizationId)) };
}

/** One that was made before there were plans is on the standard one. */
async function ensurePlan({ url, adminToken }: Deployment, organizationId: string): Promise<void> {
  const path = `/admin/organizations/${encodeURIComponent(organizationId)}`;
  const body = { plan: "enterprise" };
  expectSuccess(await request(url, path, { method: "PATCH", token: adminToken, body }), "choosing the demo's plan");
}

async function createCampaign(url: string, apiKey: string): Promise<Pick<Demo, "campaignId" | "campaignNumber">> {
  const made = expectSuccess(
    await request(url, "/v1/campaigns", { method: "POST", token: apiKey, body: { name: "Demo campaign" } }),
    "making the demo campaign",
  );
  return { campaignId: textAt(made, ["id"]), campaignNumber: numberAt(made, ["number"]) };
}

async function createEndpoint(
  { url, receiverUrl }: Deployment,
  apiKey: string,
): Promise<Pick<Demo, "endpointId" | "endpointUrl" | "signingSecret">> {
  const body = { url: receiverUrl, events: ["*"], description: "The local receiver of npm start" };
  const made = expectSuccess(
    await request(url, "/v1/endpoints", { method: "POST", token: apiKey, body }),
    "making the demo endpoint",
  );
  return {
    endpointId: textAt(made, ["id"]),
    endpointUrl: receiverUrl,
    signingSecret: textAt(made, ["signing_secret"]),
  };
}

async function prepareEndpoint(deployment: Deployment, known: Partial<Demo>) {
  const { apiKey = "", endpointId, signingSecret } = known;
  if (!endpointId || !signingSecret) return createEndpoint(deployment, apiKey);
  const path = `/v1/endpoints/${encodeURIComponent(endpointId)}`;
  const found = await request(deployment.url, path, { token: apiKey });
  if (found.status === 404) return createEndpoint(deployment, apiKey);
  expectSuccess(found, "reading the demo endpoint");
  // The receiver's port was taken meanwhile, so it lives elsewhere now.
  if (known.endpointUrl !== deployment.receiverUrl) {
    const body = { url: deployment.receiverUrl };
    expectSuccess(
      await request(deployment.url, path, { method: "PATCH", token: apiKey, body }),
      "moving the demo endpoint",
    );
  }
  return { endpointId, endpointUrl: deployment.receiverUrl, signingSecret };
}

async function keyWorks(url: string, apiKey: string | undefined): Promise<boolean> {
  if (!apiKey) return false;
  const answer = await request(url, "/v1/campaigns", { token: apiKey });
  if (answer.status === 200 && isObject(answer.body)) return true;
  // The database was wiped, or the key revoked: make anew. Anything else is not ours to paper over.
  if (answer.status === 401 || answer.status === 403) return false;
  throw new Trouble(`GET /v1/campaigns answered ${answer.status} to the demo key`);
}

function isCampaign(known: Partial<Demo>): known is Partial<Demo> & Pick<Demo, "campaignId" | "campaignNumber"> {
  return typeof known.campaignId === "string" && typeof known.campaignNumber === "number";
}

function pickCampaign({ campaignId, campaignNumber }: Pick<Demo, "campaignId" | "campaignNumber">) {
  return { campaignId, campaignNumber };
}
