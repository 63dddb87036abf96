import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The delivery contracts that an endpoint can use (src/delivery/profiles). */
export const PROFILES = ["standard", "audian", "voqo", "voicesense", "authentivoice"] as const;

/** Which events of an endpoint keep their order: those of one call, all, or none. */
export const ORDERINGS = ["call", "endpoint", "none"] as const;

/** Narrows what an endpoint receives beyond its event types. A filter that is left out narrows nothing. */
export type EndpointFilters = {
  campaignIds?: string[];
  sourceIds?: string[];
  /** The lowest risk score (0 to 100) of analyses it receives. Events without a risk score pass. */
  minimumRisk?: number;
};

/** The delivery settings of an endpoint where they differ from its profile. Times in milliseconds. */
export type EndpointSettings = {
  /** Waits before the second, third, … attempt. */
  retryWaits?: number[];
  timeout?: number;
  /** Requests under way at once, 1 to 6 per object. */
  concurrency?: number;
  /** Attempts per second, over all objects together. */
  ratePerSecond?: number;
  /** What happens when a lane's head has no attempts left: `park` goes on, `hold` waits for a person. */
  onExhausted?: "park" | "hold";
  /** Only 200 counts as success. */
  strict200?: boolean;
  /** Also retries 408 and 429 where the profile retries no 4xx. */
  retryThrottled?: boolean;
  /** The endpoint is disabled after failing this long without a success; 0 means never. */
  disableAfter?: number;
  /** How long request bodies and response bodies are kept in the log, each with its own period. */
  keepPayloads?: number;
  keepResponses?: number;
  /** The open deliveries an object takes; further events stay undelivered in the database. */
  maxBacklog?: number;
  /** `standard` only: also signs with Ed25519 (`v1a`). */
  ed25519?: boolean;
};

/**
 * From `since` on (milliseconds) new calls spread over `shards` objects. In ascending order; the first is from the
 * endpoint's creation.
 */
export type ShardEpoch = { since: number; shards: number };

/**
 * The source of truth about an endpoint. `version` rises with each write, so that its objects know which copy is newer.
 */
export const endpoints = sqliteTable(
  "endpoints",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    url: text().notNull(),
    description: text(),
    profile: text({ enum: PROFILES }).notNull(),
    /** The payload version the subscriber wrote for. Only "v1" exists. */
    payloadVersion: text("payload_version").notNull(),
    method: text({ enum: ["POST", "PUT"] }).notNull(),
    /** The subscriber's own headers: each value sealed (delivery/endpoints/sealed-headers.ts), or plain from before. */
    headers: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    /** The body template, or null for the profile's own body. */
    template: text(),
    /** Event types, `prefix.*` or `*`. */
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    filters: text({ mode: "json" }).$type<EndpointFilters>().notNull(),
    ordering: text({ enum: ORDERINGS }).notNull(),
    settings: text({ mode: "json" }).$type<EndpointSettings>().notNull(),
    shards: text({ mode: "json" }).$type<ShardEpoch[]>().notNull(),
    /** An inactive endpoint receives nothing. A paused one accepts events and sends nothing until it is resumed. */
    active: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    /** Why Trunkline itself disabled it (`gone`, `failing`), and when. Null once it is active again. */
    disabledReason: text("disabled_reason"),
    disabledAt: integer("disabled_at"),
    /** Sealed signing secrets, the current one first, with the time until which each older one still signs. */
    secrets: text().notNull(),
    version: integer().notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    deletedAt: integer("deleted_at"),
    /** The master key whose values all its objects are known to hold. Null: never asked. */
    objectsSealedWith: integer("objects_sealed_with"),
  },
  (table) => [index("endpoints_by_organization").on(table.organizationId, table.id)],
);

/** The secret shared by all `voicesense` endpoints of an organization, sealed like an endpoint's. */
export const companySecrets = sqliteTable("company_secrets", {
  organizationId: text("organization_id").primaryKey(),
  secrets: text().notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** Who was shown which secret, for the organization to see. */
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

/** Events that an endpoint's object did not take after three tries: everything of `stream` from `fromSeq` on. */
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
  (table) => [
    primaryKey({ columns: [table.endpointId, table.stream] }),
    // Every batch about calls asks what of their streams is undelivered.
    index("undelivered_by_stream").on(table.stream),
    // Every page asks which endpoints of its organization have any.
    index("undelivered_by_organization").on(table.organizationId, table.endpointId),
  ],
);

/** The latest report of an endpoint's object: written at most once a minute per object. */
export const endpointHealth = sqliteTable(
  "endpoint_health",
  {
    endpointId: text("endpoint_id").notNull(),
    /** The name of the object: one row per shard. */
    object: text().notNull(),
    organizationId: text("organization_id").notNull(),
    backlog: integer().notNull(),
    /** The due time of the delivery that has been due the longest; null when none is due. */
    oldestDueAt: integer("oldest_due_at"),
    lastSuccessAt: integer("last_success_at"),
    lastFailureAt: integer("last_failure_at"),
    /** Since when every attempt failed; null when the last attempt succeeded. */
    failingSince: integer("failing_since"),
    /** Of the streak since then: the code of its last failure, the HTTP status of that, and how many attempts failed. */
    failureCode: text("failure_code"),
    failureStatus: integer("failure_status"),
    failures: integer(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.object] })],
);

/** Counters of an endpoint by hour, summed over its objects. `latencies` counts attempts by duration bucket. */
export const endpointHours = sqliteTable(
  "endpoint_hours",
  {
    endpointId: text("endpoint_id").notNull(),
    /** The start of the hour, in milliseconds. */
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
