import { sql } from "drizzle-orm";
import { alertIdOf, analysisIdOf, callIdOf, recordingIdOf, taskIdOf } from "../src/calls";
import { condition } from "../src/analysis";
import { createCampaign, type CampaignRow } from "../src/campaigns";
import { openDatabase, runBatch, type Database } from "../src/db/client";
import { writeRow } from "../src/db/rows";
import {
  alerts,
  analyses,
  apiKeys,
  callActions,
  calls,
  campaignActions,
  connectorFiles,
  connectors,
  consensuses,
  endpoints,
  engines,
  erasures,
  events,
  inbound,
  jobs,
  legalHolds,
  memberships,
  organizations,
  receivedRequests,
  recordings,
  reviewComments,
  reviews,
  rules,
  scorecards,
  reportSchedules,
  slaPolicies,
  sources,
  tasks,
  testReceivers,
  tokenIssuers,
  teams,
  uploads,
  users,
} from "../src/db/schema";
import { DAY, HOUR } from "../src/lib/time";
import { sealCredentials as sealConnectorKeys } from "../src/connectors/config/connector";
import { sealSecrets } from "../src/delivery/endpoints";
import { FULL_REACH, mintApiKey as newApiKey, systemAct, type Act, type NewApiKey } from "../src/identity";
import { foldName } from "../src/lib/fold-name";
import { newId } from "../src/lib/id";
import { ensureOperator } from "../src/operators";
import { scorecardDefinition, type ScorecardDefinition } from "../src/quality";

// Each test mints its own tenant and what it needs of rows; nothing is shared, so nothing has to be cleaned up.

/** 32 zero bytes, as `test/vitest.config.ts` gives the Worker. */
export const TEST_MASTER_KEYS = new Map([[1, new Uint8Array(32)]]);

/** A quiet Thursday afternoon. */
export const NOON = Date.UTC(2026, 7, 20, 14);

/** Something Trunkline itself does at that moment: for verbs whose actor the test is not about. */
export const ACT_AT_NOON: Act = systemAct(NOON);

export { openDatabase };

type Row<T extends { $inferSelect: unknown }> = T["$inferSelect"];

/** An organization with a working key. */
export async function mintOrganization(db: Database, overrides: Partial<Row<typeof organizations>> = {}) {
  const organization = {
    id: newId("org", NOON),
    name: "Acme Insurance",
    createdAt: NOON,
    plan: "standard" as const,
    ...overrides,
  };
  await db.insert(organizations).values(organization);
  const { key, row } = await mintApiKey(db, { organizationId: organization.id });
  return { ...organization, key, apiKeyId: row.id };
}

export async function mintApiKey(db: Database, input: Partial<NewApiKey> & { organizationId: string }) {
  const minted = await newApiKey({ name: "Test key", ...input }, ACT_AT_NOON);
  await db.insert(apiKeys).values(minted.row);
  return minted;
}

export async function mintTokenIssuer(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof tokenIssuers>> = {},
) {
  const id = newId("iss", NOON);
  const issuer: Row<typeof tokenIssuers> = {
    id,
    organizationId,
    name: "Sign-in",
    issuer: `https://${id.replace("_", "-")}.example.com/`,
    audience: `urn:trunkline:${organizationId}`,
    keysUrl: `https://${id.replace("_", "-")}.example.com/jwks.json`,
    algorithms: ["RS256"],
    rules: [],
    version: 1,
    createdAt: NOON,
    createdBy: "system",
    updatedAt: NOON,
    ...overrides,
  };
  await db.insert(tokenIssuers).values(issuer);
  return issuer;
}

export async function mintCampaign(db: Database, organizationId: string, name = "Renewals"): Promise<CampaignRow> {
  return createCampaign({ db }, { organizationId, name }, ACT_AT_NOON);
}

export async function mintOperator(
  db: Database,
  organizationId: string,
  name = "Lucía Fernández",
): Promise<{ id: string; name: string }> {
  const { id, write } = await ensureOperator({ organizationId, name, now: NOON });
  await runBatch(db, [writeRow(db, write)]);
  return { id, name };
}

/** An S3 connector of a campaign, with keys, and a file that it refused. */
export async function mintConnector(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof connectors>> = {},
) {
  const id = newId("con", NOON);
  const connector: Row<typeof connectors> = {
    id,
    organizationId,
    kind: "s3",
    name: "Exchange",
    campaignId: "cmp_none",
    sourceId: "src_of_connector",
    settings: {
      endpoint: "https://s3.example.com",
      bucket: "calls",
      region: "us-east-1",
      addressing: "auto",
      import_path: "incoming/",
      processed_path: null,
      file_patterns: ["*.wav"],
      naming: null,
    },
    credentials: await sealConnectorKeys(TEST_MASTER_KEYS, id, { access_key: "AK", secret_key: "hush" }),
    state: "active",
    pollSeconds: 300,
    cursor: null,
    dueAt: NOON,
    lastRunAt: null,
    lastOkAt: null,
    trouble: null,
    imported: 0,
    refused: 0,
    leftFiles: null,
    looks: 0,
    failures: 0,
    createdAt: NOON,
    deletedAt: null,
    ...overrides,
  };
  await db.insert(connectors).values(connector);
  await db.insert(connectorFiles).values({
    connectorId: connector.id,
    id: "file",
    organizationId,
    name: "incoming/note.wav",
    version: "v1",
    size: 12,
    state: "refused",
    reason: "not_audio: This is no audio.",
    uploadId: newId("upl", NOON),
    callId: null,
    attempts: 0,
    foundAt: NOON,
    endedAt: NOON,
  });
  return connector;
}

export async function mintSource(db: Database, organizationId: string, overrides: Partial<Row<typeof sources>> = {}) {
  const source: Row<typeof sources> = {
    id: newId("src", NOON),
    organizationId,
    kind: "audian",
    name: "Audian",
    campaignId: null,
    settings: {},
    secrets: null,
    credentials: null,
    state: "active",
    createdAt: NOON,
    deletedAt: null,
    ...overrides,
  };
  await db.insert(sources).values(source);
  return source;
}

export async function mintEndpoint(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof endpoints>> = {},
) {
  const id = newId("end", NOON);
  const endpoint: Row<typeof endpoints> = {
    id,
    organizationId,
    url: "https://subscriber.test/hooks",
    description: null,
    profile: "standard",
    payloadVersion: "v1",
    method: "POST",
    headers: {},
    template: null,
    events: ["*"],
    filters: {},
    ordering: "call",
    settings: {},
    shards: [{ since: 0, shards: 1 }],
    active: true,
    paused: false,
    disabledReason: null,
    disabledAt: null,
    secrets: await sealSecrets(TEST_MASTER_KEYS, id, [
      { value: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", until: null },
    ]),
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    deletedAt: null,
    objectsSealedWith: null,
    ...overrides,
  };
  await db.insert(endpoints).values(endpoint);
  return endpoint;
}

/** A call that ended; its id is derived as ingest derives it. */
export async function mintCall(db: Database, organizationId: string, overrides: Partial<Row<typeof calls>> = {}) {
  const sourceId = overrides.sourceId ?? newId("src", NOON);
  const externalId = overrides.externalId ?? newId("ext", NOON);
  const call: Row<typeof calls> = {
    id: await callIdOf({ organizationId, sourceId, externalId }),
    organizationId,
    sourceId,
    sourceKind: "audian",
    externalId,
    campaignId: null,
    operatorId: null,
    quarantine: null,
    state: "completed",
    direction: "inbound",
    fromRaw: "011 4778-1234",
    fromE164: "+541147781234",
    toRaw: "1001",
    toE164: null,
    providerStatus: null,
    error: null,
    startedAt: NOON,
    startedAtRaw: null,
    answeredAt: NOON + 5_000,
    endedAt: NOON + 192_000,
    durationSeconds: 192,
    talkSeconds: 187,
    talkStrip: null,
    riskScore: null,
    tags: [],
    operatorName: null,
    operatorReference: null,
    account: null,
    campaignNumber: null,
    custom: {},
    conversation: null,
    unmasked: null,
    ranks: {},
    terminal: "completed",
    finalizeAt: NOON + 3_600_000,
    version: 1,
    writer: "test",
    createdAt: NOON,
    updatedAt: NOON,
    ...overrides,
  };
  await db.insert(calls).values(call);
  return call;
}

/** An erasure of a call that is over. */
export async function mintErasure(db: Database, organizationId: string, overrides: Partial<Row<typeof erasures>> = {}) {
  const erasure: Row<typeof erasures> = {
    organizationId,
    id: newId("ers", NOON),
    kind: "call",
    subject: "call_unknown",
    needles: [],
    since: 0,
    state: "completed",
    phase: "done",
    cursor: null,
    counts: { calls: 1 },
    actor: { kind: "user", id: "usr_owner_of_the_erasure" },
    dueAt: NOON,
    attempts: 0,
    leaseUntil: 0,
    claims: 1,
    nudgeAfter: 0,
    createdAt: NOON,
    endedAt: NOON,
    ...overrides,
  };
  await db.insert(erasures).values(erasure);
  return erasure;
}

/** A legal hold on a call that there is not. */
export async function mintHold(db: Database, organizationId: string, overrides: Partial<Row<typeof legalHolds>> = {}) {
  const hold: Row<typeof legalHolds> = {
    organizationId,
    id: newId("hold", NOON),
    kind: "call",
    subject: "call_unknown",
    reason: "Case 1",
    actor: "usr_one",
    createdAt: NOON,
    ...overrides,
  };
  await db.insert(legalHolds).values(hold);
  return hold;
}

/** An open job of somebody, on one call that there is not. */
export async function mintJob(db: Database, organizationId: string, overrides: Partial<Row<typeof jobs>> = {}) {
  const job: Row<typeof jobs> = {
    organizationId,
    id: newId("job", NOON),
    action: "tag",
    params: { tags: ["a"] },
    selection: { ids: ["call_unknown"] },
    actor: { kind: "user", id: "usr_owner_of_the_job" },
    rights: { scopes: null, campaignId: null, sourceId: null, expiresAt: null, reach: FULL_REACH },
    address: null,
    requestId: null,
    state: "open",
    reason: null,
    total: 1,
    done: 0,
    changed: 0,
    failed: 0,
    pages: 0,
    cursor: null,
    dueAt: NOON,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: 0,
    createdAt: NOON,
    endedAt: null,
    ...overrides,
  };
  await db.insert(jobs).values(job);
  return job;
}

type CallOwner = Pick<Row<typeof calls>, "id" | "organizationId">;

/** A recording of the call, kept; the audio itself is not in R2. */
export async function mintRecording(db: Database, call: CallOwner, overrides: Partial<Row<typeof recordings>> = {}) {
  const externalId = overrides.externalId ?? newId("ext", NOON);
  const recording: Row<typeof recordings> = {
    callId: call.id,
    id: await recordingIdOf(call.id, externalId),
    organizationId: call.organizationId,
    sourceId: "src_test",
    sourceKind: "audian",
    externalId,
    url: "https://platform.test/audio.mp3",
    state: "completed",
    reason: null,
    dueAt: NOON,
    attempts: 1,
    leaseUntil: 0,
    claims: 1,
    nudgeAfter: 0,
    giveUpAt: NOON + 86_400_000,
    slow: false,
    key: "recordings/test/audio",
    size: 4,
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    mediaType: "audio/mpeg",
    createdAt: NOON,
    completedAt: NOON + 200_000,
    ...overrides,
  };
  await db.insert(recordings).values(recording);
  return recording;
}

/** An engine of the organization, whose server nobody asks. */
export async function mintEngine(db: Database, organizationId: string, overrides: Partial<Row<typeof engines>> = {}) {
  const engine: Row<typeof engines> = {
    id: newId("eng", NOON),
    organizationId,
    name: "whisper",
    kind: "openai",
    settings: { url: "https://transcribe.test", model: null, microsPerMinute: 6_000 },
    credentials: null,
    createdAt: NOON,
    ...overrides,
  };
  await db.insert(engines).values(engine);
  return engine;
}

export async function mintAnalysis(
  db: Database,
  call: CallOwner,
  recordingId: string,
  overrides: Partial<Row<typeof analyses>> = {},
) {
  const analysis: Row<typeof analyses> = {
    callId: call.id,
    id: analysisIdOf(recordingId, "acoustic"),
    organizationId: call.organizationId,
    recordingId,
    engine: "acoustic",
    engineVersion: "1",
    state: "completed",
    reason: null,
    dueAt: NOON,
    attempts: 1,
    leaseUntil: 0,
    claims: 1,
    nudgeAfter: 0,
    giveUpAt: NOON + 86_400_000,
    engines: null,
    scores: null,
    risk: null,
    findings: {
      durationSeconds: 187,
      sampleRate: 8000,
      format: { container: "mp3", codec: "mp3", sampleRate: 8000, channels: 1 },
      channels: [
        {
          channel: 0,
          state: "live",
          talkSeconds: 84.2,
          segments: [[320, 4100]],
          speechLevelDb: -24.1,
          noiseLevelDb: null,
        },
      ],
      silenceSeconds: 34.6,
      overlapSeconds: null,
      channelSeparationDb: null,
      warnings: [],
    },
    findingsKey: null,
    createdAt: NOON,
    completedAt: overrides.state === "pending" ? null : NOON + 210_000,
    ...overrides,
  };
  await db.insert(analyses).values(analysis);
  return analysis;
}

export async function mintTask(
  db: Database,
  call: CallOwner,
  recordingId: string,
  overrides: Partial<Row<typeof tasks>> = {},
) {
  const task: Row<typeof tasks> = {
    id: taskIdOf(call.id),
    callId: call.id,
    organizationId: call.organizationId,
    campaignId: null,
    operatorId: null,
    recordingId,
    state: "open",
    createdAt: NOON + 200_000,
    teamId: null,
    teamName: null,
    assigneeId: null,
    place: NOON + 200_000,
    leaseUntil: 0,
    reviewId: null,
    dueAt: null,
    wanted: 1,
    escalatedAt: null,
    closedReason: null,
    closedNote: null,
    closedAt: null,
    writer: null,
    assignAt: null,
    blind: false,
    ...overrides,
  };
  await db.insert(tasks).values(task);
  return task;
}

/** A team of the organization. */
export async function mintTeam(db: Database, organizationId: string, name = `Team ${newId("t", NOON)}`) {
  const team = { id: newId("tem", NOON), organizationId, name, foldedName: foldName(name), createdAt: NOON };
  await db.insert(teams).values(team);
  return team;
}

/** What a scorecard asks: one question, with a weight. */
export const ONE_QUESTION: ScorecardDefinition = scorecardDefinition.parse({
  pass_percent: 80,
  sections: [
    {
      id: "greeting",
      title: "Greeting",
      criteria: [{ id: "name", text: "Gives their name", kind: "yes_no", na_allowed: true }],
    },
  ],
});

/** A draft, unless it is of another state. */
export async function mintScorecard(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof scorecards>> = {},
): Promise<Row<typeof scorecards>> {
  const row: Row<typeof scorecards> = {
    organizationId,
    id: newId("scd", NOON),
    version: 1,
    name: "Scorecard",
    state: "draft",
    campaigns: null,
    definition: ONE_QUESTION,
    createdAt: NOON,
    publishedAt: null,
    archivedAt: null,
    ...overrides,
  };
  await db.insert(scorecards).values(row);
  return row;
}

/** A service level: every task is reviewed within an hour. */
export async function mintPolicy(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof slaPolicies>> = {},
): Promise<Row<typeof slaPolicies>> {
  const createdAt = overrides.createdAt ?? NOON;
  const row: Row<typeof slaPolicies> = {
    organizationId,
    id: newId("sla", createdAt),
    name: "Within an hour",
    measure: "task_reviewed",
    seconds: 3_600,
    campaigns: null,
    hours: null,
    sweptUntil: createdAt,
    createdAt,
    archivedAt: null,
    ...overrides,
  };
  await db.insert(slaPolicies).values(row);
  return row;
}

/** A report that is sent each week, with the rights of a key that is not there; webhooks are told. */
export async function mintSchedule(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof reportSchedules>> = {},
): Promise<Row<typeof reportSchedules>> {
  const createdAt = overrides.createdAt ?? NOON;
  const owner = overrides.owner ?? { kind: "apiKey", id: newId("key", createdAt) };
  const row: Row<typeof reportSchedules> = {
    organizationId,
    id: newId("rps", createdAt),
    name: "The week",
    report: { by: "time" },
    every: "week",
    hour: 8,
    recipients: [],
    tells: true,
    paused: false,
    dueAt: createdAt + 86_400_000,
    leaseUntil: 0,
    attempts: 0,
    reached: [],
    sentAt: null,
    trouble: null,
    createdBy: owner.id,
    createdAt,
    version: 1,
    zone: "UTC",
    weekday: 1,
    owner,
    reach: FULL_REACH,
    pausedReason: null,
    ...overrides,
  };
  await db.insert(reportSchedules).values(row);
  return row;
}

/** A rule that gives 70 points where the operator asks for a code. */
export async function mintRule(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof rules>> = {},
): Promise<Row<typeof rules>> {
  const row: Row<typeof rules> = {
    organizationId,
    id: newId("rul", NOON),
    name: "Asks for the code",
    campaignId: null,
    enabled: true,
    weight: 70,
    script: null,
    conditions: [condition.parse({ kind: "phrase", phrases: ["read me the code"] })],
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...overrides,
  };
  await db.insert(rules).values(row);
  return row;
}

/** What somebody says of a call, and of no review. */
export async function mintComment(
  db: Database,
  call: CallOwner,
  overrides: Partial<Row<typeof reviewComments>> = {},
): Promise<Row<typeof reviewComments>> {
  const row: Row<typeof reviewComments> = {
    organizationId: call.organizationId,
    reviewId: "",
    id: newId("cmt", overrides.createdAt ?? NOON),
    callId: call.id,
    kind: "comment",
    authorId: "usr_1",
    parentId: null,
    atSeconds: null,
    text: "Listen.",
    mentions: [],
    createdAt: NOON,
    editedAt: null,
    ...overrides,
  };
  await db.insert(reviewComments).values(row);
  return row;
}

/** The open alert of a call, raised by one rule. */
export async function mintAlert(
  db: Database,
  call: CallOwner,
  overrides: Partial<Row<typeof alerts>> = {},
): Promise<Row<typeof alerts>> {
  const rule = { id: "rul_x", name: "Asks for the code", version: 1, weight: 70 };
  const proof = { kind: "phrase", phrase: "read me the code", quote: "read me the code", speaker: "operator", at: 31 };
  const row: Row<typeof alerts> = {
    organizationId: call.organizationId,
    id: alertIdOf(call.id),
    callId: call.id,
    level: "high",
    score: 70,
    state: "open",
    ownerId: null,
    reason: null,
    note: null,
    fired: [{ rule, evidence: [proof], said: [] }],
    raisedAt: NOON,
    decidedBy: null,
    decidedAt: null,
    ...overrides,
  };
  await db.insert(alerts).values(row);
  return row;
}

/** What two reviewers of a call are to come to, and have not yet. */
export async function mintConsensus(
  db: Database,
  { id: callId, organizationId }: CallOwner,
  overrides: Partial<Row<typeof consensuses>> = {},
): Promise<Row<typeof consensuses>> {
  const row: Row<typeof consensuses> = {
    organizationId,
    callId,
    state: "open",
    wanted: 2,
    maxSpread: 10,
    rule: "mean",
    whenApart: "escalate",
    askedBy: "system",
    spread: null,
    score: null,
    passed: null,
    reviewIds: null,
    differing: null,
    createdAt: NOON,
    decidedAt: null,
    decidedBy: null,
    reason: null,
    writer: "wrt_x",
    ...overrides,
  };
  await db.insert(consensuses).values(row);
  return row;
}

/** The review of a call: in progress, unless it is of another state. */
export async function mintReview(
  db: Database,
  call: CallOwner,
  card: Pick<Row<typeof scorecards>, "id" | "version">,
  overrides: Partial<Row<typeof reviews>> = {},
): Promise<Row<typeof reviews>> {
  const row: Row<typeof reviews> = {
    organizationId: call.organizationId,
    id: newId("rev", overrides.assignedAt ?? NOON),
    callId: call.id,
    campaignId: null,
    operatorId: null,
    reviewerId: "usr_1",
    state: "in_progress",
    scorecardId: card.id,
    scorecardVersion: card.version,
    answers: null,
    prefill: null,
    result: null,
    score: null,
    passed: null,
    reason: null,
    note: null,
    assignedBy: "usr_1",
    dueAt: null,
    assignedAt: NOON,
    startedAt: NOON,
    submittedAt: null,
    undoUntil: null,
    completedAt: null,
    writer: "wrt_1",
    ...overrides,
  };
  await db.insert(reviews).values(row);
  return row;
}

/** The post-call actions of a campaign: one, of the id `pca_1`, that posts to an address. */
export async function mintCampaignActions(
  db: Database,
  { id, organizationId }: Pick<CampaignRow, "id" | "organizationId">,
) {
  const action = {
    kind: "webhook",
    id: "pca_1",
    name: "Tell the CRM",
    enabled: true,
    when: [],
    url: "https://crm.test/",
    endpoint_id: null,
  };
  const row = { campaignId: id, organizationId, actions: [action], secrets: null, version: 1, updatedAt: NOON };
  await db.insert(campaignActions).values(row);
  return row;
}

/** The post-call actions of a call, which have ended: the one of `mintCampaignActions`, and it has failed. */
export async function mintCallActions(
  db: Database,
  { id, organizationId }: { id: string; organizationId: string },
  overrides: Partial<Row<typeof callActions>> = {},
) {
  const action = {
    kind: "webhook",
    id: "pca_1",
    name: "Tell the CRM",
    enabled: true,
    when: [],
    url: "https://crm.test/",
    endpoint_id: null,
  };
  const step = {
    action,
    state: "failed",
    reason: "HTTP 500",
    tries: 6,
    retryAt: null,
    startedAt: NOON,
    endedAt: NOON + 5,
    result: { status: 500, answer: "no" },
    spent: null,
  };
  const row: Row<typeof callActions> = {
    callId: id,
    organizationId,
    state: "completed",
    steps: [step],
    dueAt: NOON,
    attempts: 1,
    leaseUntil: 0,
    claims: 1,
    nudgeAfter: 0,
    giveUpAt: NOON + DAY,
    createdAt: NOON,
    completedAt: NOON + 5,
    ...overrides,
  };
  await db.insert(callActions).values(row);
  return row;
}

/** A user who is a member of the organization. */
export async function mintMember(
  db: Database,
  organizationId: string,
  overrides: Partial<Row<typeof memberships>> = {},
): Promise<Row<typeof memberships> & { email: string }> {
  const userId = overrides.userId ?? newId("usr", NOON);
  const email = `${userId}@acme.example`;
  const user = { id: userId, email, name: "Ana Ruiz", locale: null, passwordHash: null, createdAt: NOON };
  const membership: Row<typeof memberships> = {
    organizationId,
    userId,
    role: "reviewer",
    campaigns: null,
    teams: null,
    operatorId: null,
    createdAt: NOON,
    disabledAt: null,
    ...overrides,
  };
  await db.batch([db.insert(users).values(user).onConflictDoNothing(), db.insert(memberships).values(membership)]);
  return { ...membership, email };
}

/** An event of the call as it stands in the outbox, already drained. */
export async function mintEvent(
  db: Database,
  call: CallOwner,
  seq: number,
  overrides: Partial<Row<typeof events>> = {},
) {
  const event: Row<typeof events> = {
    stream: call.id,
    seq,
    id: newId("evt", NOON),
    organizationId: call.organizationId,
    type: "call.updated",
    recordedAt: NOON,
    data: JSON.stringify({ call: { id: call.id }, changed: [] }),
    ...overrides,
  };
  await db.insert(events).values(event);
  return event;
}

/** An upload that is under way. */
export async function mintUpload(db: Database, organizationId: string, overrides: Partial<Row<typeof uploads>> = {}) {
  const id = newId("upl", NOON);
  const upload: Row<typeof uploads> = {
    organizationId,
    id,
    sourceId: newId("src", NOON),
    sourceKind: "internal",
    fileName: "call.wav",
    mediaType: "audio/wav",
    size: 100_000,
    received: 0,
    key: `uploads/${organizationId}/${id}`,
    r2UploadId: null,
    parts: [],
    partNumbers: 0,
    tail: null,
    concat: null,
    call: { campaign_id: null },
    state: "open",
    callId: null,
    createdAt: NOON,
    expiresAt: NOON + 86_400_000,
    ...overrides,
  };
  await db.insert(uploads).values(upload);
  return upload;
}

/** A request a platform sent, accepted, with its body in the row. */
export async function mintInbound(
  db: Database,
  organizationId: string,
  overrides: Partial<Omit<Row<typeof inbound>, "body">> & { body?: Uint8Array | null } = {},
) {
  const { body = new TextEncoder().encode('{"event":"call.end"}'), ...rest } = overrides;
  const request = {
    organizationId,
    id: newId("inb", NOON),
    sourceId: "src_test",
    sourceKind: "audian",
    receivedAt: NOON,
    form: "notice" as const,
    path: "/webhook/audian/src_test",
    headers: { "content-type": "application/json" },
    bodyKey: null,
    bodySize: body?.length ?? 0,
    outcome: "accepted" as const,
    reason: null,
    status: 200,
    callId: null,
    replays: 0,
    ...rest,
  };
  // Bound as it is: drizzle's type of the column is Node's Buffer.
  await db.insert(inbound).values({ ...request, body: body === null ? null : sql`${body}` });
  return request;
}

/** A test receiver with a request that came to it; gives its id. */
export async function mintTestReceiver(db: Database, organizationId: string): Promise<string> {
  const id = newId("rcv", NOON);
  const receiver = { id, organizationId, createdAt: NOON, expiresAt: NOON + HOUR, received: 1 };
  await db.insert(testReceivers).values(receiver);
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: "{}", finding: "no_match" };
  await db.insert(receivedRequests).values({ receiverId: id, number: 1, receivedAt: NOON, ...request });
  return id;
}
