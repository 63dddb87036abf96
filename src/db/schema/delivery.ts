import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The delivery contracts an endpoint can speak (src/delivery/profiles). */
export const PROFILES = ["standard", "audian", "voqo", "voicesense", "authentivoice"] as const;

/** Which events of an endpoint keep their order: those of one call, all, or none. */
export const ORDERINGS = ["call", "endpoint", "none"] as const;

/** Narrows what an endpoint hears beyond its event types; an absent filter narrows nothing. */
export type EndpointFilters = {
  campaignIds?: string[];
  sourceIds?: string[];
  /** Hears of analyses only from this risk score on (0 to 100); events that carry no risk pass. */
  minimumRisk?: number;
};

/** How an endpoint is delivered to, where it differs from its profile. Times in milliseconds. */
export type EndpointSettings = {
  /** Waits before the second, third, … attempt. */
  retryWaits?: number[];
  timeout?: number;
  /** Requests under way at once, 1 to 6 for each object. */
  concurrency?: number;
  /** Attempts per second, over all objects together. */
  ratePerSecond?: number;
  /** What happens to a lane whose head has spent its policy: `park` moves on, `hold` waits for a person. */
  onExhausted?: "park" | "hold";
  /** Only 200 counts as success. */
  strict200?: boolean;
  /** Retries 408 and 429 where the profile retries no 4xx. */
  retryThrottled?: boolean;
  /** After failing for so long without a success the endpoint is disabled; 0 never. */
  disableAfter?: number;
  /** How long request and response bodies are kept in the log, each for itself. */
  keepPayloads?: number;
  keepResponses?: number;
  /** Open deliveries an object takes before events wait in the database instead. */
  maxBacklog?: number;
  /** `standard` only: also signs with Ed25519 (`v1a`). */
  ed25519?: boolean;
};

/** From `since` on (milliseconds) new calls spread over `shards` objects. In ascending order; the first is the creation. */
export type ShardEpoch = { since: number; shards: number };

/** The truth about an endpoint; `version` rises with each write and tells its objects which copy is newer. */
export const endpoints = sqliteTable(
  "endpoints",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    url: text().notNull(),
    description: text(),
    profile: text({ enum: PROFILES }).notNull(),
    /** The version of the payload the subscriber wrote for; "v1" is the only one there is. */
    payloadVersion: text("payload_version").notNull(),
    method: text({ enum: ["POST", "PUT"] }).notNull(),
    /** Headers the subscriber adds. */
    headers: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    /** The body template, or null for the profile's own body. */
    template: text(),
    /** Event types, `prefix.*` or `*`. */
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    filters: text({ mode: "json" }).$type<EndpointFilters>().notNull(),
    ordering: text({ enum: ORDERINGS }).notNull(),
    settings: text({ mode: "json" }).$type<EndpointSettings>().notNull(),
    shards: text({ mode: "json" }).$type<ShardEpoch[]>().notNull(),
    /** An inactive endpoint hears nothing; a paused one hears everything and is sent nothing until it is resumed. */
    active: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    /** Why Trunkline itself turned it off (`gone`, `failing`), and when; null once it is active again. */
    disabledReason: text("disabled_reason"),
    disabledAt: integer("disabled_at"),
    /** Sealed signing secrets, the current one first; with the time until which each older one still signs. */
    secrets: text().notNull(),
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("endpoints_by_organization").on(table.organizationId, table.id)],
);

/** One secret for all `voicesense` endpoints of an organization, sealed like an endpoint's. */
export const companySecrets = sqliteTable("company_secrets", {
  organizationId: text("organization_id").primaryKey(),
  secrets: text().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Who revealed which secret: kept for the organization to see. */
export const secretReveals = sqliteTable(
  "secret_reveals",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    endpointId: text("endpoint_id"),
    apiKeyId: text("api_key_id").notNull(),
    revealedAt: integer("revealed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** Events an endpoint's object would not take after three tries: everything of `stream` from `fromSeq` on waits here. */
export const undelivered = sqliteTable(
  "undelivered",
  {
    endpointId: text("endpoint_id").notNull(),
    stream: text().notNull(),
    organizationId: text("organization_id").notNull(),
    fromSeq: integer("from_seq").notNull(),
    attempts: integer().notNull(),
    dueAt: integer("due_at").notNull(),
    reason: text(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.stream] })],
);

/** How an endpoint's object is doing, as it last said: written at most once a minute for each object. */
export const endpointHealth = sqliteTable(
  "endpoint_health",
  {
    endpointId: text("endpoint_id").notNull(),
    /** Name of the object: one row for each shard. */
    object: text().notNull(),
    organizationId: text("organization_id").notNull(),
    backlog: integer().notNull(),
    /** When the delivery that has been due the longest fell due; null when none is. */
    oldestDueAt: integer("oldest_due_at"),
    lastSuccessAt: integer("last_success_at"),
    lastFailureAt: integer("last_failure_at"),
    /** Since when every attempt failed; null while the last one succeeded. */
    failingSince: integer("failing_since"),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.object] })],
);

/** Counters of one endpoint and hour, added up over its objects. `latencies` counts attempts by duration bucket. */
export const endpointHours = sqliteTable(
  "endpoint_hours",
  {
    endpointId: text("endpoint_id").notNull(),
    /** Milliseconds, at the full hour. */
    hour: integer().notNull(),
    organizationId: text("organization_id").notNull(),
    attempts: integer().notNull(),
    delivered: integer().notNull(),
    failed: integer().notNull(),
    parked: integer().notNull(),
    latencies: text({ mode: "json" }).$type<number[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.hour] })],
);
