import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What is done otherwise with the calls of one source. What is not there is done as with those of the others. */
export type SourceRules = {
  autoAnalyze?: boolean;
  engines?: string[];
  notifyOnComplete?: boolean;
  /** "" for no team. `teamKey` and `teamId` as those of the campaign. */
  assignToTeam?: string;
  teamKey?: string;
  teamId?: string;
};

/** How the calls of a campaign come to reviewers. What is not there is not done. */
export type ReviewingSettings = {
  /** Who is given the next call: whose turn it is, who has least to do, or who knows most about it. */
  assign?: "round_robin" | "load" | "expertise";
  /** People and keys, each with what they know. Empty: the members of the team that has the task. */
  reviewers?: { id: string; expertise?: string[] }[];
  /** Which calls are to be reviewed; all where nothing is said. */
  sample?: ReviewSample;
  /** Hours after which the review of a task is due. */
  dueHours?: number;
  /** That several people review each call. */
  opinions?: OpinionSettings;
  /** When what engines answer to a scorecard is shown; after a person has answered, where nothing is said. */
  engineAnswers?: "before" | "off";
};

/** That several people review a call: how many, and when they agree (quality/consensus). */
export type OpinionSettings = {
  wanted: number;
  /** Points that their scores may differ by. */
  maxSpread: number;
  rule: "mean" | "median" | "lowest";
  whenApart: "another" | "escalate";
  /** Whether none of them sees what the others found before they are done themselves. */
  blind: boolean;
};

export type ReviewSample = {
  percent?: number;
  /** Calls of one operator in a week, at most. */
  perOperatorWeek?: number;
  /** Taken in any case: a risk from here on, or a named score within bounds. */
  riskFrom?: number;
  scores?: { name: string; from?: number; to?: number }[];
  /** What becomes of the others: they stay in the queue, or are closed. */
  others: "queue" | "close";
};

/** What can be taken out of the calls of a campaign, in the order in which pages list it. */
export const PII_KINDS = [
  "card_number",
  "card_code",
  "card_expiry",
  "bank_account",
  "national_id",
  "date_of_birth",
  "phone_number",
  "email",
] as const;

export type PiiKind = (typeof PII_KINDS)[number];

export type CampaignSettings = {
  /** Whether a recording is analysed as soon as it is stored. */
  autoAnalyze: boolean;
  /** The engines that hear its recordings beside the built-in one, by name. */
  engines?: string[];
  /** What its callers speak: a code such as `es`. */
  language?: string;
  /** Names and words that engines should know. */
  keyterms?: string[];
  /** `eu`: nothing is inferred of what operators feel. */
  policy?: "eu";
  /** Whether indicators are made of the measures. */
  indicators?: boolean;
  /** When a call is reported as processed, whatever is still missing. */
  processedAfterMinutes?: number;
  /** Whether people are notified when a call of it is done. */
  notifyOnComplete?: boolean;
  /** The name of the team that gets the tasks of its calls, as it was written. */
  assignToTeam?: string;
  /** The same folded, and the team of that name; without one there is none. Kept by every write of a team. */
  teamKey?: string;
  teamId?: string;
  /** By the ids of sources. */
  bySource?: Record<string, SourceRules>;
  reviewing?: ReviewingSettings;
  /** What is taken out of its calls. Where nothing is said, what the organization says, of which `redactDefault` is a copy. */
  redact?: PiiKind[];
  redactDefault?: PiiKind[];
  /** Whether what a recording and its words were before is deleted, once what is taken out of them is verified. */
  dropOriginals?: boolean;
  /** Whether language models among its engines sum its calls up, and the topics that they may name; any without. */
  sumUp?: boolean;
  topics?: string[];
  /** How many post-call actions are on (campaign_actions). */
  actions?: number;
};

/** `number` counts from 1 in each organization: it is what people enter in a phone system. */
export const campaigns = sqliteTable(
  "campaigns",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    number: integer().notNull(),
    name: text().notNull(),
    settings: text({ mode: "json" }).$type<CampaignSettings>().notNull(),
    createdAt: integer("created_at").notNull(),
    archivedAt: integer("archived_at"),
  },
  (table) => [uniqueIndex("campaigns_by_number").on(table.organizationId, table.number)],
);

/** Teams of people that tasks are assigned to. Found by name: `foldedName` is unique in its organization. */
export const teams = sqliteTable(
  "teams",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    foldedName: text("folded_name").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("teams_by_folded_name").on(table.organizationId, table.foldedName),
    index("teams_by_organization").on(table.organizationId, table.id),
  ],
);

export const teamMembers = sqliteTable(
  "team_members",
  {
    organizationId: text("organization_id").notNull(),
    teamId: text("team_id").notNull(),
    userId: text("user_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.teamId, table.userId] })],
);

/** The human agents, matched by folded name. `needsReview` marks names that look like an extension. */
export const operators = sqliteTable(
  "operators",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    foldedName: text("folded_name").notNull(),
    needsReview: integer("needs_review", { mode: "boolean" }).notNull(),
    /** The operator into which this one was merged. Calls under either name belong to that operator. */
    mergedInto: text("merged_into"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("operators_by_folded_name").on(table.organizationId, table.foldedName),
    index("operators_by_organization").on(table.organizationId, table.id),
  ],
);

/** An identifier of an operator in another system (`net2phone:user:42`, a payroll number). Outranks a name. */
export const operatorReferences = sqliteTable(
  "operator_references",
  {
    organizationId: text("organization_id").notNull(),
    reference: text().notNull(),
    operatorId: text("operator_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.reference] })],
);

/** The work of placing calls anew after a merge, after its undoing, or after a reference changed. */
export const operatorMoves = sqliteTable(
  "operator_moves",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    /**
     * The operator whose calls are read (with `reference`: the calls that carry it), and the operator who may get them.
     */
    fromId: text("from_id").notNull(),
    intoId: text("into_id").notNull(),
    kind: text({ enum: ["merge", "undo", "reference"] }).notNull(),
    state: text({ enum: ["open", "completed"] }).notNull(),
    /** The last call that was read: when it began, a colon, its id. */
    cursor: text(),
    moved: integer().notNull(),
    dueAt: integer("due_at").notNull().default(0),
    attempts: integer().notNull().default(0),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull().default(0),
    nudgeAfter: integer("nudge_after").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    completedAt: integer("completed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("operator_moves_open")
      .on(table.createdAt)
      .where(sql`state = 'open'`),
  ],
);
