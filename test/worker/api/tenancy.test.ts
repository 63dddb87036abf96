import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { auditLog } from "../../../src/db/schema";
import {
  mintAlert,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintConnector,
  mintEndpoint,
  mintErasure,
  mintHold,
  mintEngine,
  mintEvent,
  mintInbound,
  mintJob,
  mintMember,
  mintOperator,
  mintPolicy,
  mintOrganization,
  mintRecording,
  mintReview,
  mintRule,
  mintScorecard,
  mintSchedule,
  mintSource,
  mintTask,
  mintTokenIssuer,
  mintTeam,
  mintTestReceiver,
  mintUpload,
  NOON,
} from "../../factories";
import { mintInvitation, mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

type Operation = { method: string; path: string; resource: string; ways: string[] };

const DELIVERY = "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1";

/** One of everything in an organization: the id of each resource, by the name its path has. */
async function mintEverything(organizationId: string): Promise<Record<string, string>> {
  const call = await mintCall(db, organizationId);
  const recording = await mintRecording(db, call);
  await mintEvent(db, call, 1);
  const endpoint = await mintEndpoint(db, organizationId);
  const upload = await mintUpload(db, organizationId);
  const card = await mintScorecard(db, organizationId);
  return {
    campaigns: (await mintCampaign(db, organizationId)).id,
    operators: (await mintOperator(db, organizationId)).id,
    calls: call.id,
    recordings: recording.id,
    tasks: (await mintTask(db, call, recording.id)).id,
    analyses: (await mintAnalysis(db, call, recording.id)).id,
    teams: (await mintTeam(db, organizationId)).id,
    scorecards: card.id,
    rules: (await mintRule(db, organizationId)).id,
    alerts: (await mintAlert(db, call)).id,
    reviews: (await mintReview(db, call, card)).id,
    engines: (await mintEngine(db, organizationId)).id,
    endpoints: endpoint.id,
    webhooks: endpoint.id,
    "api-keys": (await mintApiKey(db, { organizationId })).row.id,
    "token-issuers": (await mintTokenIssuer(db, organizationId)).id,
    sources: (await mintSource(db, organizationId)).id,
    erasures: (await mintErasure(db, organizationId)).id,
    "legal-holds": (await mintHold(db, organizationId)).id,
    jobs: (await mintJob(db, organizationId)).id,
    connectors: (await mintConnector(db, organizationId)).id,
    "test-receivers": await mintTestReceiver(db, organizationId),
    inbound: (await mintInbound(db, organizationId)).id,
    uploads: upload.id,
    "part-uploads": upload.id,
    members: (await mintSession(db, { organizationId, now: NOON })).userId,
    reviewers: (await mintMember(db, organizationId)).userId,
    "sla-policies": (await mintPolicy(db, organizationId)).id,
    "report-schedules": (await mintSchedule(db, organizationId)).id,
    invitations: await mintInvitation(db, organizationId),
  };
}

// What a body must have to get past its schema: the answer then is about whose the thing is.
const BODIES: Record<string, object> = {
  "POST /v1/connectors/{id}/sign-in": { redirect_uri: "https://app.example/back" },
  "POST /v1/connectors/{id}/sign-in/complete": { code: "x", state: "x" },
  "POST /v1/sources/{id}/try": { sample: {} },
  "POST /v1/sources/{id}/samples": {},
  "POST /v1/token-issuers/{id}/test": { token: "x" },
  "POST /v1/sources/{id}/reconciliations": { from: "2026-08-19T00:00:00Z", until: "2026-08-20T00:00:00Z" },
  "PATCH /v1/operators/{id}": { name: "x" },
  "PATCH /v1/teams/{id}": { name: "x" },
  "PATCH /v1/scorecards/{id}": { name: "x" },
  "PATCH /v1/rules/{id}": { weight: 1 },
  "PATCH /v1/alerts/{id}": { state: "confirmed" },
  "POST /v1/tasks/{id}/assign": { reviewer_id: null },
  "PUT /v1/tasks/{id}/opinions": { wanted: 2 },
  "POST /v1/tasks/{id}/decide": { score: 80, reason: "Only late." },
  "POST /v1/tasks/{id}/state": { state: "open" },
  "POST /v1/reviews/{id}/skip": { reason: "audio" },
  "POST /v1/reviews/{id}/escalate": { note: "Look." },
  "POST /v1/reviews/{id}/return": { note: "Again." },
  "POST /v1/calls/{id}/tags": { tags: ["x"] },
  "POST /v1/calls/{id}/comments": { text: "x" },
  "PATCH /v1/calls/{id}/comments/{commentId}": { text: "x" },
  "POST /v1/operators/{id}/references": { reference: "net2phone:user:42" },
  "POST /v1/operators/{id}/merge": { into: "opr_x" },
  "POST /v1/calls/{id}/campaign": { campaign_id: "cmp_x" },
  "POST /v1/calls/{id}/transcript": { engine: "local" },
  "PUT /v1/campaigns/{id}/reviewing": {},
  "PUT /v1/campaigns/{id}/actions": { actions: [] },
  "POST /v1/campaigns/{id}/actions/try": { call_id: "call_x" },
  "POST /v1/engines/{id}/scores/try": { call_id: "call_x", scores: [] },
  "PUT /v1/reviewers/{id}/absence": {},
  "POST /v1/campaigns/{id}/processing/try": { call_id: "call_x" },
  "POST /v1/endpoints/{id}/replay": { state: "parked" },
  "POST /v1/webhooks/{id}/replay": { state: "parked" },
};

/** The ids of an organization's audit log, newest first. */
async function entriesOf(organizationId: string): Promise<string[]> {
  const rows = await db.select().from(auditLog).where(eq(auditLog.organizationId, organizationId));
  return rows
    .map(({ id }) => id)
    .toSorted()
    .toReversed();
}

/** What is of no organization, or is no list. */
const UNOWNED = new Set([
  "company-secret",
  "event-types",
  "integrations",
  "organization",
  "reports",
  "retention",
  "samples",
  "source-kinds",
  "spend",
  "usage",
]);

/** Every operation that a key opens. Those of oneself are of a person, and tried in me.test.ts and people.test.ts. */
async function keyOperations(): Promise<Operation[]> {
  return (await operations()).filter(({ ways }) => ways.includes("ApiKey"));
}

/** Every operation of the API, from its own description: a route added later is in the table by itself. */
async function operations(): Promise<Operation[]> {
  const { body } = await apiClient().get("/openapi.json");
  return (
    Object.entries<Record<string, { security: object[] }>>(body.paths)
      // Resumable uploads, which speak in headers, have tests of their own.
      .filter(([path]) => /^\/v[12]\/(?!uploads\/tus)/.test(path))
      .flatMap(([path, item]) =>
        Object.entries(item).map(([method, { security }]) => ({
          method: method.toUpperCase(),
          path,
          resource: path.split("/")[2] ?? "",
          ways: security.flatMap((way) => Object.keys(way)),
        })),
      )
  );
}

describe("tenancy", () => {
  it("makes another organization's things look missing on every route that names one", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintEverything(theirs.id);
    const api = apiClient();
    const named = (await keyOperations()).filter((operation) => operation.path.includes("{id}"));
    expect(named.length).toBeGreaterThan(40);
    for (const { method, path, resource } of named) {
      const body = method === "GET" || method === "DELETE" ? undefined : (BODIES[`${method} ${path}`] ?? {});
      const ask = (key: string, id: string) =>
        api.call(method, path.replace("{id}", id).replace("{deliveryId}", DELIVERY), { key, body });
      const theirId = foreign[resource] ?? "";
      const [stranger, missing] = [await ask(mine.key, theirId), await ask(mine.key, `${theirId}0`)];
      expect(`${method} ${path} ${stranger.status}`).toBe(`${method} ${path} 404`);
      expect(stranger.body).toEqual(missing.body);
    }
    expect(Object.values(api.recorded).flat()).toEqual([]);
    // Nothing of theirs was changed by all that, and their own key finds each.
    for (const [resource, id] of Object.entries(foreign)) {
      if (["api-keys", "invitations", "legal-holds", "reviewers"].includes(resource)) continue;
      expect(`${resource} ${(await api.get(`/v1/${resource}/${id}`, { key: theirs.key })).status}`).toBe(
        `${resource} 200`,
      );
    }
    expect((await api.get("/v1/api-keys", { key: theirs.key })).body.data).toMatchObject([
      { revoked_at: null },
      { revoked_at: null },
    ]);
  });

  it("lists nothing of another organization, whatever the filter", async ({ expect }) => {
    const [mine, theirs] = [await mintOrganization(db), await mintOrganization(db)];
    const foreign = await mintEverything(theirs.id);
    // Something to show in every list: a secret was revealed to its owner, and there is a company secret.
    await apiClient().post(`/v1/endpoints/${foreign.endpoints}/reveal-secret`, { key: theirs.key });
    await apiClient().post("/v1/company-secret", { key: theirs.key });
    expect((await apiClient().get("/v1/company-secret", { key: mine.key })).status).toBe(404);
    const lists = (await keyOperations()).filter(
      ({ method, path, resource }) => method === "GET" && /^\/v[12]\/[^/]+$/.test(path) && !UNOWNED.has(resource),
    );
    expect(lists).toHaveLength(34);
    // Only that it was made, with its key.
    const entries = await entriesOf(mine.id);
    expect(entries).toHaveLength(2);
    for (const { path, resource } of lists) {
      const { body } = await apiClient().get(path, { key: mine.key });
      const own = { "api-keys": [mine.apiKeyId], "audit-log": entries }[resource] ?? [];
      expect({ path, ids: body.data.map((one: { id: string }) => one.id) }).toEqual({ path, ids: own });
    }
    const integrations = JSON.stringify((await apiClient().get("/v1/integrations", { key: mine.key })).body);
    expect(Object.values(foreign).filter((id) => integrations.includes(id))).toEqual([]);
    expect((await apiClient().get("/v1/webhooks", { key: mine.key })).body.data).toEqual([]);
    expect((await apiClient().get("/v1/endpoints/health", { key: mine.key })).body.data).toEqual([]);
    for (const path of ["recordings", "analyses", "inbound"]) {
      expect((await apiClient().get(`/v1/${path}?call_id=${foreign.calls}`, { key: mine.key })).body.data).toEqual([]);
    }
  });

  it("asks for a key on every route", async ({ expect }) => {
    for (const { method, path, ways } of await operations()) {
      if (ways.length === 0) continue;
      const answer = await apiClient().call(method, path.replace("{id}", "x"), {
        body: method === "GET" || method === "DELETE" ? undefined : {},
      });
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 401`);
    }
  });
});
