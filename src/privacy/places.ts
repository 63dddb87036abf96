import { is, sql, type SQL } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Statement } from "../db/client";
import * as schema from "../db/schema";
import type { TableName } from "../db/table-name";
import { valueList } from "../db/value-list";
import { alertIdOf, taskIdOf } from "../calls";

// Every place that anything of a call can be in, and how it is erased there. A new table does not compile before it is
// named here; a new column of a table whose rows stay is named in test/core/privacy/kept-columns.ts, or a test fails.

/** Calls that are erased together. */
export type OfCalls = { organizationId: string; ids: readonly string[] };

/** What is counted for the report of an erasure. */
export const COUNTED = [
  "calls",
  "recordings",
  "analyses",
  "tasks",
  "reviews",
  "alerts",
  "events",
  "uploads",
  "notifications",
  "deliveries",
  "answers",
  "requests",
  "files",
  /** Calls of a caller that stay, because they are under a legal hold. */
  "held",
] as const;
export type Counted = (typeof COUNTED)[number];
export type Counts = Partial<Record<Counted, number>>;

/** The rows that a call has in a table, as a condition; they are deleted. */
type Rows = { rows(of: OfCalls): SQL; counted?: Counted };
/** Rows stay, and what they hold of a call is erased by the function named. */
type Cleaned = { cleaned: string };
/** Nothing of a call is in it, or it stays, and why. */
type Kept = string;
export type Place = Rows | Cleaned | Kept;

const ofCall =
  (column: SQL) =>
  ({ ids }: OfCalls) =>
    sql`${column} IN ${valueList(ids)}`;
const ofSubject = ({ organizationId, ids }: OfCalls) =>
  sql`organization_id = ${organizationId}
    AND (subject_id IN ${valueList([...ids, ...ids.map(taskIdOf), ...ids.map(alertIdOf)])}
    OR subject_id IN (SELECT id FROM ${schema.reviews} WHERE call_id IN ${valueList(ids)}))`;

const CONFIGURATION = "What people have configured; no call writes it.";
const ACCESS = "Who may sign in and do what.";
const COUNTERS = "Counts, without anything of one call.";
const WORK = "Work of its own, which holds ids and moments alone.";

export const PLACES: { [Name in TableName]: Place } = {
  calls: { rows: ofCall(sql`id`), counted: "calls" },
  recordings: { rows: ofCall(sql`call_id`), counted: "recordings" },
  analyses: { rows: ofCall(sql`call_id`), counted: "analyses" },
  callActions: { rows: ofCall(sql`call_id`) },
  tasks: { rows: ({ ids }) => sql`id IN ${valueList(ids.map(taskIdOf))}`, counted: "tasks" },
  // These before the reviews, by which they are found.
  notifications: { rows: ofSubject, counted: "notifications" },
  notificationCauses: { rows: ofSubject },
  reviewComments: { rows: ofCall(sql`call_id`) },
  reviews: { rows: ofCall(sql`call_id`), counted: "reviews" },
  alerts: {
    rows: ({ organizationId, ids }) =>
      sql`organization_id = ${organizationId} AND id IN ${valueList(ids.map(alertIdOf))}`,
    counted: "alerts",
  },
  consensuses: {
    rows: ({ organizationId, ids }) => sql`organization_id = ${organizationId} AND call_id IN ${valueList(ids)}`,
  },
  slaViolations: { rows: ofCall(sql`call_id`) },
  events: { rows: ofCall(sql`stream`), counted: "events" },
  pendingStreams: { rows: ofCall(sql`stream`) },
  undelivered: { rows: ofCall(sql`stream`) },
  callLookups: { rows: ofCall(sql`call_id`) },
  connectorSidecars: { rows: ofCall(sql`call_id`) },
  uploads: { cleaned: "eraseUploads" },
  uploadParts: "Sizes and tags of parts of uploads that are open, which belong to no call yet.",
  receivedRequests: {
    rows: ({ organizationId, ids }) => sql`receiver_id IN
      (SELECT id FROM ${schema.testReceivers} WHERE organization_id = ${organizationId})
      AND EXISTS (SELECT 1 FROM json_each(${JSON.stringify(ids)}) WHERE instr(body || headers, value) > 0)`,
  },
  inbound: { cleaned: "eraseRequests" },
  inbox: "Requests for the seconds until they are worked on; what they bring of an erased call is then forgotten.",
  idempotencyKeys: { cleaned: "eraseAnswersOfCalls" },
  connectorFiles: { cleaned: "eraseFileNames" },
  searchMarks: "Ids of calls for the minute until the index has them, or has them no more.",
  erasedCalls: "The tombstone: the id of an erased call, so that no late notice brings it back.",
  erasures: "What was erased, in numbers. What named it goes with its end.",
  legalHolds: "What must not be erased.",
  retentionPasses: WORK,
  retentionRules: CONFIGURATION,

  jobs: { cleaned: "forgetFilters, of a caller; of a call they have its id" },
  jobResults: "What became of calls, by their ids.",
  auditLog: "Who did what to which call, by its id; entries hold nothing of calls (docs/extend/add-a-table.md).",
  auditAct: "Who acts, for as long as a batch runs.",

  operators: "The organization's own staff. Their calls are gone; their names are not the call's.",
  operatorReferences: "How platforms name the organization's own staff.",
  operatorMoves: WORK,
  savedViews: { cleaned: "forgetFilters, of a caller; of a call they have nothing" },
  defaultViews: CONFIGURATION,
  campaigns: CONFIGURATION,
  campaignActions: CONFIGURATION,
  teams: CONFIGURATION,
  teamMembers: CONFIGURATION,
  scorecards: CONFIGURATION,
  rules: CONFIGURATION,
  absences: CONFIGURATION,
  slaPolicies: CONFIGURATION,
  assignmentTurns: "Whose turn it is to review, by the ids of people.",
  sampleCounts: COUNTERS,
  sources: CONFIGURATION,
  connectors: CONFIGURATION,
  reportSchedules: CONFIGURATION,
  reportRuns:
    "Which report was sent to whom, and how far its letters are; the report itself is read when its link is opened.",
  endpoints: CONFIGURATION,
  engines: CONFIGURATION,
  spendCaps: CONFIGURATION,
  testReceivers: CONFIGURATION,
  reconciliations: "How many calls a platform's list had, and where its reading goes on.",

  organizations: ACCESS,
  apiKeys: ACCESS,
  tokenIssuers: ACCESS,
  tokenIssuerKeys: ACCESS,
  companySecrets: ACCESS,
  secretReveals: ACCESS,
  users: ACCESS,
  memberships: ACCESS,
  sessions: ACCESS,
  rememberedBrowsers: ACCESS,
  invitations: ACCESS,
  signInAttempts: ACCESS,
  userTotp: ACCESS,
  passkeys: ACCESS,
  recoveryCodes: ACCESS,
  challenges: ACCESS,
  secondSteps: ACCESS,
  codeAttempts: ACCESS,
  passwordResets: ACCESS,
  masterKeyVersions: ACCESS,
  mutedNotifications: CONFIGURATION,
  notificationDigests: CONFIGURATION,
  eventListeners: WORK,

  tagCounts: "How many calls have a tag; a tag that no call has any more is deleted (db/tag-triggers.ts).",
  endpointHealth: COUNTERS,
  endpointHours: COUNTERS,
  sourceCounts: COUNTERS,
  requestQuotas: COUNTERS,
  engineSpend: COUNTERS,
  usageDays: COUNTERS,
  usageEngines: COUNTERS,
  usageDeliveries: COUNTERS,
  usageMarks: COUNTERS,
  reportCalls: COUNTERS,
  reportMarks: COUNTERS,
  reportReviews: COUNTERS,
  reportCriteria: COUNTERS,
  usageAlerts: COUNTERS,
  apiHours: COUNTERS,
  deadLetters: COUNTERS,
  sweepRuns: COUNTERS,
  healthAlarms: COUNTERS,
};

/** The same beyond D1's tables: where it is, and what erases it. */
export const OTHER_PLACES = {
  "R2 recordings/": "eraseFiles, by the ids of recordings",
  "R2 waveforms/": "eraseFiles, by the ids of recordings",
  "R2 renditions/": "eraseFiles, by the ids of recordings",
  "R2 analysis/": "eraseFiles, by the ids of analyses",
  "R2 transcripts/": "eraseFiles, by the ids of analyses",
  "R2 originals/": "eraseFiles, by the ids of analyses",
  "R2 events/": "eraseDeliveries, by the call",
  "R2 uploads/": "eraseUploads, by their rows",
  "R2 inbound/": "eraseRequests, by their rows",
  "R2 idempotency/": "eraseAnswersOfCalls, by their rows",
  "the search database": "removeFromSearch",
  "objects of endpoints": "eraseDeliveries",
  "object of the event stream": "EventStreams.erase",
} as const;

const TABLES: ReadonlyMap<string, SQLiteTable> = new Map(
  Object.entries(schema).flatMap(([name, table]) => (is(table, SQLiteTable) ? [[name, table]] : [])),
);

/**
 * What has rows of calls, in the order in which they are named, and the calls themselves last: as long as one is there, its
 * erasure can be begun again.
 */
const WITH_ROWS = Object.entries(PLACES)
  .flatMap(([name, place]) => {
    const table = TABLES.get(name);
    return table !== undefined && isRows(place) ? [{ table, place }] : [];
  })
  .toSorted((one, other) => Number(one.table === schema.calls) - Number(other.table === schema.calls));

/** Statements that delete the rows of calls. */
export function deleteRows(db: Database, of: OfCalls): Statement[] {
  return WITH_ROWS.map(({ table, place }) => db.run(sql`DELETE FROM ${table} WHERE ${place.rows(of)}`));
}

/** SQL that counts the rows of calls that are counted. */
export function countsOfRows(of: OfCalls): Partial<Record<Counted, SQL>> {
  return Object.fromEntries(
    WITH_ROWS.flatMap(({ table, place }) =>
      place.counted === undefined
        ? []
        : [[place.counted, sql`(SELECT count(*) FROM ${table} WHERE ${place.rows(of)})`]],
    ),
  );
}

function isRows(place: Place): place is Rows {
  return typeof place !== "string" && "rows" in place;
}
