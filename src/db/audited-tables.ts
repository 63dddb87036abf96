import { AUDIT_OF_QUALITY } from "./audited-quality";
import { AUDIT_OF_PRIVACY } from "./audited-privacy";
import { audited, type Audited } from "./audited-table";
import * as schema from "./schema";
import type { TableName } from "./table-name";

// What the audit log has an entry of. After a change here, `npm run db:triggers` makes the triggers
// (docs/extend/add-a-table.md).

/** What belongs to a person is recorded in each of their organizations. `user` is SQL for the person. */
function ofPerson(user: string): Pick<Audited, "organization" | "each"> {
  return {
    organization: "member.organization_id",
    each: `(SELECT organization_id FROM memberships WHERE user_id = ${user}) AS member`,
  };
}

const OF_CALLS = "No request writes it; the events of its call are its history.";
const WORK = "Trunkline's own work, which no person decides.";
const SIGN_IN = "For the minutes that a sign-in takes.";
const COUNTS = "Counters.";

/** What is recorded of each table, or why nothing is. A new table does not compile before it is named here. */
export const AUDIT: { [Name in TableName]: Audited | string } = {
  ...AUDIT_OF_QUALITY,
  organizations: audited(schema.organizations, "organization", { organization: "ROW.id" }),
  apiKeys: audited(schema.apiKeys, "api_key", {
    masked: ["hash"],
    ignored: ["lastUsedAt"],
    ended: { column: "revoked_at", verb: "revoked" },
  }),
  tokenIssuers: audited(schema.tokenIssuers, "token_issuer", { ignored: ["version", "updatedAt"] }),
  tokenIssuerKeys: "What issuers publish; no act of anyone.",
  campaigns: audited(schema.campaigns, "campaign", { ended: { column: "archived_at", verb: "archived" } }),
  teams: audited(schema.teams, "team", { ignored: ["foldedName"] }),
  absences: audited(schema.absences, "absence", { id: "ROW.reviewer_id" }),
  assignmentTurns: WORK,
  sampleCounts: COUNTS,
  // Who asked for several opinions of which call, and who decided. What they came to is of the call.
  consensuses: audited(schema.consensuses, "consensus", {
    id: "ROW.call_id",
    operations: ["insert", "update"],
    unattended: [],
    ignored: ["state", "spread", "score", "passed", "reviewIds", "differing", "decidedAt", "reason", "writer"],
  }),
  slaPolicies: audited(schema.slaPolicies, "sla_policy", {
    ignored: ["sweptUntil"],
    ended: { column: "archived_at", verb: "archived" },
  }),
  slaViolations: OF_CALLS,
  teamMembers: audited(schema.teamMembers, "team_member", { id: "ROW.user_id", created: "added" }),
  // Calls make operators and references as they come: that is no act of a person, and their events are its history.
  operators: audited(schema.operators, "operator", { unattended: ["update", "delete"], ignored: ["foldedName"] }),
  operatorReferences: audited(schema.operatorReferences, "operator_reference", {
    id: "ROW.reference",
    unattended: ["update", "delete"],
  }),
  operatorMoves: "The operator that is merged or separated has the entry.",
  sources: audited(schema.sources, "source", {
    masked: ["secrets", "credentials"],
    ended: { column: "deleted_at", verb: "deleted" },
  }),
  // A token that the storage replaced is no act of anyone. That a look stops the connector is recorded by itself.
  connectors: audited(schema.connectors, "connector", {
    unattended: ["insert", "delete"],
    masked: ["credentials"],
    ignored: [
      "cursor",
      "dueAt",
      "lastRunAt",
      "lastOkAt",
      "trouble",
      "imported",
      "refused",
      "leftFiles",
      "looks",
      "failures",
    ],
    ended: { column: "deleted_at", verb: "deleted" },
  }),
  connectorFiles: WORK,
  connectorSidecars: WORK,
  // The values of an endpoint's own headers are credentials of its receiver.
  endpoints: audited(schema.endpoints, "endpoint", {
    masked: ["secrets", "headers"],
    ignored: ["version", "updatedAt", "objectsSealedWith"],
    ended: { column: "deleted_at", verb: "deleted" },
  }),
  companySecrets: audited(schema.companySecrets, "company_secret", {
    id: "ROW.organization_id",
    masked: ["secrets"],
    ignored: ["updatedAt"],
  }),
  secretReveals: audited(schema.secretReveals, "secret", {
    id: "coalesce(ROW.endpoint_id, ROW.organization_id)",
    operations: ["insert"],
    created: "revealed",
  }),
  // Those that are over are deleted by the sweep: no act of anyone.
  testReceivers: audited(schema.testReceivers, "test_receiver", {
    operations: ["insert", "delete"],
    unattended: ["insert"],
    ignored: ["received"],
  }),
  receivedRequests: WORK,
  // The next three are work of Trunkline itself but where a person began or ended it. What they hold of calls is left
  // out, because an erased call must be erased here too.
  uploads: audited(schema.uploads, "upload", {
    unattended: [],
    ignored: [
      "fileName",
      "mediaType",
      "size",
      "received",
      "key",
      "r2UploadId",
      "parts",
      "partNumbers",
      "concat",
      "tail",
      "call",
      "expiresAt",
    ],
  }),
  reconciliations: audited(schema.reconciliations, "reconciliation", {
    operations: ["insert"],
    unattended: [],
    created: "opened",
    ignored: ["cursor", "listed", "missing", "dueAt", "attempts", "leaseUntil", "claims", "endedAt", "reason", "state"],
  }),
  inbound: audited(schema.inbound, "inbound", {
    operations: ["update"],
    unattended: [],
    ignored: [
      "sourceId",
      "sourceKind",
      "receivedAt",
      "path",
      "form",
      "headers",
      "body",
      "bodyKey",
      "bodySize",
      "outcome",
      "reason",
      "status",
      "callId",
    ],
    ended: { column: "replays", verb: "replayed" },
  }),

  users: audited(schema.users, "user", { ...ofPerson("ROW.id"), masked: ["passwordHash"] }),
  memberships: audited(schema.memberships, "membership", { id: "ROW.user_id" }),
  // Those that are over are deleted by whoever signs in next: no act of anyone.
  sessions: audited(schema.sessions, "session", {
    unattended: ["insert", "update"],
    masked: ["hash"],
    ignored: ["id", "lastUsedAt"],
    created: "opened",
  }),
  // Those that are over are deleted by whoever signs in next, as with sessions.
  rememberedBrowsers: audited(schema.rememberedBrowsers, "remembered_browser", {
    ...ofPerson("ROW.user_id"),
    operations: ["insert", "delete"],
    unattended: ["insert"],
    ignored: ["lastUsedAt", "expiresAt"],
    created: "added",
  }),
  invitations: audited(schema.invitations, "invitation", { masked: ["hash"], ignored: ["mailedAt"] }),
  signInAttempts: SIGN_IN,
  challenges: SIGN_IN,
  secondSteps: SIGN_IN,
  codeAttempts: SIGN_IN,
  userTotp: audited(schema.userTotp, "totp", {
    ...ofPerson("ROW.user_id"),
    id: "ROW.user_id",
    masked: ["secret"],
    ignored: ["totpStep"],
    ended: { column: "confirmed_at", verb: "confirmed" },
  }),
  passkeys: audited(schema.passkeys, "passkey", {
    ...ofPerson("ROW.user_id"),
    masked: ["publicKey"],
    ignored: ["credentialId", "counter", "transports", "lastUsedAt"],
  }),
  recoveryCodes: audited(schema.recoveryCodes, "recovery_code", {
    ...ofPerson("ROW.user_id"),
    id: "ROW.user_id",
    operations: ["insert", "delete"],
    masked: ["hash"],
  }),
  passwordResets: audited(schema.passwordResets, "password_reset", {
    ...ofPerson("ROW.user_id"),
    id: "ROW.user_id",
    operations: ["insert"],
    masked: ["hash"],
  }),

  masterKeyVersions: "When Trunkline first saw a key; the admin sets keys outside of it.",
  notificationCauses: WORK,
  notifications: "Of a person and not of an organization; reading one is no act.",
  mutedNotifications: "What a person wants to be notified of, which is theirs alone.",
  notificationDigests: "Whether a person wants letters, which is theirs alone.",
  // A filter may hold a number or a name of a call.
  savedViews: audited(schema.savedViews, "view", { masked: ["query"], ignored: ["version", "updatedAt"] }),
  defaultViews: "What a person sees first, which is theirs alone.",
  auditLog: "It is the log.",
  auditAct: "Who acts, for as long as a batch runs.",
  calls: OF_CALLS,
  recordings: OF_CALLS,
  analyses: OF_CALLS,
  callActions: OF_CALLS,
  events: OF_CALLS,
  pendingStreams: WORK,
  eventListeners: WORK,
  undelivered: WORK,
  inbox: WORK,
  uploadParts: WORK,
  callLookups: WORK,
  endpointHealth: COUNTS,
  endpointHours: COUNTS,
  sourceCounts: COUNTS,
  usageDays: COUNTS,
  usageEngines: COUNTS,
  usageDeliveries: COUNTS,
  usageMarks: COUNTS,
  requestQuotas: COUNTS,
  idempotencyKeys: "Answers of requests, whose changes have their entries.",
  usageAlerts: WORK,
  apiHours: COUNTS,
  deadLetters: COUNTS,
  sweepRuns: WORK,
  healthAlarms: WORK,
  tagCounts: COUNTS,
  jobs: "What begins and cancels one records it, and what it does to calls is recorded of each.",
  jobResults: WORK,
  searchMarks: WORK,
  erasedCalls: WORK,
  ...AUDIT_OF_PRIVACY,
  retentionPasses: WORK,
  reportCalls: COUNTS,
  reportMarks: COUNTS,
  reportReviews: COUNTS,
  reportCriteria: COUNTS,
  reportSchedules: audited(schema.reportSchedules, "report_schedule", {
    ignored: ["dueAt", "leaseUntil", "attempts", "reached", "sentAt", "trouble", "version"],
  }),
  reportRuns: WORK,
  engineSpend: COUNTS,
  engines: audited(schema.engines, "engine", { masked: ["credentials"] }),
  spendCaps: audited(schema.spendCaps, "spend_cap", { id: "ROW.organization_id" }),
};

export const AUDITED: readonly Audited[] = Object.values(AUDIT).filter((one) => typeof one !== "string");
