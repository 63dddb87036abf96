import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What an engine is set to, by its kind (analysis/transcription/kinds.ts). */
export type EngineSettings = {
  /** The server's address; null where the kind has one of its own. */
  url: string | null;
  model: string | null;
  /** Millionths of a US dollar for a minute of audio. */
  microsPerMinute: number;
  /** Models of the same server that calls may be heard again with, each with its price. */
  otherModels?: { model: string; microsPerMinute: number }[];
  /** The scores that an organization asks its language model for; without, Voicesense's fifteen names. */
  scores?: OwnScore[];
};

/** A score that an organization asks for: of both parties, or of one of them where it has a channel of its own. */
export type OwnScore = {
  name: string;
  meaning: string;
  min: number;
  max: number;
  of: "both" | "operator" | "customer";
};

/** The engines of an organization, beside the built-in one. Found by name: campaigns and findings name it. */
export const engines = sqliteTable(
  "engines",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    kind: text({ enum: ["openai", "deepgram", "llm", "http"] }).notNull(),
    settings: text({ mode: "json" }).$type<EngineSettings>().notNull(),
    /** The sealed key; null where its server needs none. */
    credentials: text(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("engines_by_name").on(table.organizationId, table.name)],
);

/** The most that engines may cost an organization in a calendar month (UTC). Without a row there is no limit. */
export const spendCaps = sqliteTable("spend_caps", {
  organizationId: text("organization_id").primaryKey(),
  microsPerMonth: integer("micros_per_month").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** What engines were sent in a month, counted before it is sent. `month`: months since 1970 in UTC. */
export const engineSpend = sqliteTable(
  "engine_spend",
  {
    organizationId: text("organization_id").notNull(),
    month: integer().notNull(),
    engine: text().notNull(),
    audioMs: integer("audio_ms").notNull(),
    micros: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.month, table.engine] })],
);
