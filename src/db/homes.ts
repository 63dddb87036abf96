import { getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { openDatabase, type Database } from "./client";
import * as schema from "./schema";
import type { TableName } from "./table-name";

/**
 * Where a table lives. *control*: who may do what, and how it is configured; small, and read everywhere. *data*: calls,
 * what hangs on them, and what is written in one batch with them; this grows. Both are one D1 today
 * (docs/understand/adr/0035-control-and-data.md).
 */
export type Home = "control" | "data";

/** The home of every table. A new one has none until it is named here, and does not compile before. */
const TABLES: { [Name in TableName]: Home } = {
  organizations: "control",
  masterKeyVersions: "control",
  apiKeys: "control",
  tokenIssuers: "control",
  tokenIssuerKeys: "control",
  sources: "control",
  connectors: "control",
  endpoints: "control",
  endpointHealth: "control",
  endpointHours: "control",
  usageDeliveries: "control",
  requestQuotas: "control",
  companySecrets: "control",
  secretReveals: "control",
  users: "control",
  memberships: "control",
  sessions: "control",
  rememberedBrowsers: "control",
  invitations: "control",
  signInAttempts: "control",
  userTotp: "control",
  passkeys: "control",
  recoveryCodes: "control",
  challenges: "control",
  secondSteps: "control",
  codeAttempts: "control",
  passwordResets: "control",
  // Where both homes have a database of their own, each has these three, for the tables beside them.
  auditLog: "control",
  auditAct: "control",
  idempotencyKeys: "control",

  mutedNotifications: "control",
  notificationDigests: "control",
  savedViews: "control",
  defaultViews: "control",

  engines: "control",
  spendCaps: "control",

  // Written in the batches of analyses.
  engineSpend: "data",
  campaigns: "data",
  campaignActions: "data",
  callActions: "data",
  notificationCauses: "data",
  notifications: "data",
  teams: "data",
  teamMembers: "data",
  operators: "data",
  operatorReferences: "data",
  operatorMoves: "data",
  calls: "data",
  recordings: "data",
  analyses: "data",
  tasks: "data",
  events: "data",
  pendingStreams: "data",
  eventListeners: "data",
  undelivered: "data",
  testReceivers: "data",
  receivedRequests: "data",
  inbound: "data",
  inbox: "data",
  uploads: "data",
  uploadParts: "data",
  connectorFiles: "data",
  connectorSidecars: "data",
  sourceCounts: "data",
  reconciliations: "data",
  callLookups: "data",
  usageDays: "data",
  usageEngines: "data",
  usageMarks: "data",
  usageAlerts: "data",
  apiHours: "data",
  deadLetters: "data",
  sweepRuns: "data",
  healthAlarms: "data",
  tagCounts: "data",
  scorecards: "data",
  reviews: "data",
  reviewComments: "data",
  rules: "data",
  alerts: "data",
  absences: "data",
  assignmentTurns: "data",
  sampleCounts: "data",
  consensuses: "data",
  slaPolicies: "data",
  slaViolations: "data",
  jobs: "data",
  jobResults: "data",
  searchMarks: "data",
  erasedCalls: "data",
  erasures: "data",
  legalHolds: "data",
  retentionPasses: "data",
  retentionRules: "data",
  reportCalls: "data",
  reportMarks: "data",
  reportReviews: "data",
  reportCriteria: "data",
  reportSchedules: "data",
  reportRuns: "data",
};

/** The same by the names that tables have in the database. */
export const HOMES: ReadonlyMap<string, Home> = new Map(
  Object.entries(schema).flatMap(([name, table]) =>
    is(table, SQLiteTable) ? [[getTableName(table), TABLES[name as TableName]]] : [],
  ),
);

const BINDINGS = { control: "DB", data: "DB" } as const satisfies Record<Home, keyof Env>;

/** The database of one home. */
export function openHome(env: Pick<Env, (typeof BINDINGS)[Home]>, home: Home): Database {
  return openDatabase(env[BINDINGS[home]]);
}

/**
 * The one database of both homes, for functions that ask both: each asks for one home in a statement or batch, but for
 * those the decision names. Fails once there are two: then these functions are given both.
 */
export function openBothHomes(env: Pick<Env, (typeof BINDINGS)[Home]>): Database {
  const [control, data] = [openHome(env, "control"), openHome(env, "data")];
  if (control !== data) throw new Error("there is no database of both homes");
  return data;
}
