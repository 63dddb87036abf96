import {
  mintAlert,
  mintAnalysis,
  mintApiKey,
  mintCall,
  mintCampaign,
  mintConnector,
  mintEvent,
  mintInbound,
  mintOperator,
  mintRecording,
  mintReview,
  mintSource,
  mintTask,
  mintUpload,
} from "../../factories";
import { apiClient, db } from "./client";

/** What a body must have to get past its schema. */
export const BODIES: Record<string, object> = {
  "POST /v1/sources/:id/try": { sample: {} },
  "POST /v1/sources/:id/samples": {},
  "POST /v1/sources/:id/reconciliations": { from: "2026-08-19T00:00:00Z", until: "2026-08-20T00:00:00Z" },
  "POST /v1/calls/:id/tags": { tags: ["changed"] },
  "POST /v1/calls/:id/comments": { text: "Changed" },
  "PATCH /v1/calls/:id/comments/:commentId": { text: "Changed" },
  "PATCH /v1/campaigns/:id": { name: "Changed" },
  "PUT /v1/campaigns/:id/processing": { autoAnalyze: false },
  "POST /v1/campaigns/:id/processing/try": { call_id: "call_x" },
  "PUT /v1/campaigns/:id/reviewing": { due_hours: 2 },
  "PUT /v1/campaigns/:id/actions": { actions: [] },
  "POST /v1/campaigns/:id/actions/try": { call_id: "call_x" },
  "POST /v1/engines/:id/scores/try": { call_id: "call_x", scores: [] },
  "PUT /v1/reviewers/:id/absence": {},
  "POST /v1/calls/:id/transcript": { engine: "local" },
  "POST /v1/tasks/:id/assign": { reviewer_id: null },
  "PUT /v1/tasks/:id/opinions": { wanted: 2 },
  "POST /v1/tasks/:id/decide": { score: 80, reason: "Only late." },
  "POST /v1/tasks/:id/state": { state: "open" },
  "PATCH /v1/alerts/:id": { state: "confirmed" },
  "POST /v1/reviews/:id/skip": { reason: "audio" },
  "POST /v1/reviews/:id/escalate": { note: "Look." },
  "POST /v1/reviews/:id/return": { note: "Again." },
  "PATCH /v1/sources/:id": { name: "Changed" },
  "PATCH /v1/connectors/:id": { name: "Changed" },
  "POST /v1/connectors/:id/sign-in": { redirect_uri: "https://app.example/back" },
  "POST /v1/connectors/:id/sign-in/complete": { code: "x", state: "x" },
};

/** One of everything in a campaign. What identifies it begins with `mark`. */
export async function mintPart(organizationId: string, mark: string) {
  const campaign = await mintCampaign(db, organizationId, `${mark} campaign`);
  const operator = await mintOperator(db, organizationId, `${mark} operator`);
  const source = await mintSource(db, organizationId, {
    campaignId: campaign.id,
    name: `${mark} source`,
    kind: "standard",
  });
  const placed = { campaignId: campaign.id, operatorId: operator.id };
  const call = await mintCall(db, organizationId, {
    ...placed,
    sourceId: source.id,
    externalId: `${mark}-call`,
    operatorName: `${mark} operator`,
    fromRaw: `${mark} number`,
    tags: [`${mark} tag`],
    custom: { note: `${mark} note`, tags: [`${mark}-tag`] },
  });
  const recording = await mintRecording(db, call, { externalId: `${mark}-recording` });
  const task = await mintTask(db, call, recording.id, placed);
  const review = await mintReview(db, call, { id: "scd_x", version: 1 }, { ...placed, state: "completed" });
  const analysis = await mintAnalysis(db, call, recording.id);
  const alert = await mintAlert(db, call);
  await mintEvent(db, call, 1);
  const inbound = await mintInbound(db, organizationId, {
    sourceId: source.id,
    callId: call.id,
    body: new TextEncoder().encode(`${mark} body`),
  });
  const upload = await mintUpload(db, organizationId, {
    fileName: `${mark}.wav`,
    call: { campaign_id: campaign.id },
    callId: call.id,
  });
  const connector = await mintConnector(db, organizationId, { campaignId: campaign.id, name: `${mark} connector` });
  const key = await mintApiKey(db, { organizationId, campaignId: campaign.id, name: `${mark} key` });
  return {
    campaign: campaign.id,
    operator: operator.id,
    source: source.id,
    call: call.id,
    recording: recording.id,
    task: task.id,
    review: review.id,
    analysis: analysis.id,
    alert: alert.id,
    inbound: inbound.id,
    upload: upload.id,
    connector: connector.id,
    key: key.row.id,
  };
}

export type Part = Awaited<ReturnType<typeof mintPart>>;

/** What there is beyond reach, for who sees all of it: but for what its own use changes. */
export async function everything(key: string, part: Part): Promise<string[]> {
  const paths = {
    campaigns: part.campaign,
    operators: part.operator,
    sources: part.source,
    calls: part.call,
    recordings: part.recording,
    tasks: part.task,
    reviews: part.review,
    analyses: part.analysis,
    alerts: part.alert,
    inbound: part.inbound,
    uploads: part.upload,
    connectors: part.connector,
  };
  const answers = await Promise.all(
    Object.entries(paths).map(([list, id]) => apiClient().get(`/v1/${list}/${id}`, { key })),
  );
  const keys = await apiClient().get("/v1/api-keys", { key });
  const lists = await Promise.all(
    ["campaigns", "sources", "connectors"].map((list) => apiClient().get(`/v1/${list}`, { key })),
  );
  // That a key was used is noted.
  return [...answers, ...lists, keys].map(({ status, body }) =>
    `${status} ${JSON.stringify(body)}`.replaceAll(/"last_used_at":(?:"[^"]*"|null)/g, ""),
  );
}
