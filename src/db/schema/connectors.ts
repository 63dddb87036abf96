import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** A connector's settings as its owner wrote them, checked by its kind's schema when written. */
export type ConnectorSettings = Record<string, unknown>;

/** Why the last looks at a storage failed: what is wrong, since when, and how many looks in a row. */
export type ConnectorTrouble = { code: string; detail: string; since: number; count: number };

/**
 * Files that a look leaves in the folder without refusing them: how many there are, and the names of some. `taken`: they came in
 * before and lie there again, or still.
 */
export type LeftFiles = Record<"empty" | "taken", { count: number; names: string[] }>;

/**
 * A storage that Trunkline looks into for recordings, and the work of it: a run is due at `dueAt`. `credentials` is
 * sealed. What it finds is brought in as uploads to `sourceId`, which is made with it.
 */
export const connectors = sqliteTable(
  "connectors",
  {
    id: text().primaryKey(),
    organizationId: text("organization_id").notNull(),
    kind: text({ enum: ["s3", "sftp", "ftp", "neotel", "onedrive"] }).notNull(),
    name: text().notNull(),
    campaignId: text("campaign_id").notNull(),
    sourceId: text("source_id").notNull(),
    settings: text({ mode: "json" }).$type<ConnectorSettings>().notNull(),
    credentials: text().notNull(),
    state: text({ enum: ["active", "paused"] }).notNull(),
    /** From one look to the next. */
    pollSeconds: integer("poll_seconds").notNull(),
    /** Where a look that did not reach the end of the list goes on; of OneDrive also what it has seen of all changes. */
    cursor: text(),
    dueAt: integer("due_at").notNull(),
    /** When the last look ended, well or not, and the last one that reached the end of the list. */
    lastRunAt: integer("last_run_at"),
    lastOkAt: integer("last_ok_at"),
    trouble: text({ mode: "json" }).$type<ConnectorTrouble>(),
    imported: integer().notNull().default(0),
    refused: integer().notNull().default(0),
    /** What the last look left so; null before the first that counted. */
    leftFiles: text("left_files", { mode: "json" }).$type<LeftFiles>(),
    /** Looks that reached the end, and those that failed: what the success rate is of. */
    looks: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    createdAt: integer("created_at").notNull(),
    deletedAt: integer("deleted_at"),
  },
  (table) => [index("connectors_by_organization").on(table.organizationId, table.id)],
);

/** One version of one file that a connector found. Its id is a digest of its name and version. */
export const connectorFiles = sqliteTable(
  "connector_files",
  {
    connectorId: text("connector_id").notNull(),
    id: text().notNull(),
    organizationId: text("organization_id").notNull(),
    name: text().notNull(),
    version: text().notNull(),
    size: integer().notNull(),
    /**
     * `seen`: found, and taken in when the next look finds it unchanged. `imported`: its call is made. `settled`: moved
     * away too, or there is nowhere to move it. `refused`: left where it is. `gone`: vanished before it was taken in.
     */
    state: text({ enum: ["seen", "imported", "settled", "refused", "gone"] }).notNull(),
    /** Why it was refused, or why the last try failed. */
    reason: text(),
    /** Chosen when it was found, so that a file that is taken in twice is one upload. */
    uploadId: text("upload_id").notNull(),
    callId: text("call_id"),
    attempts: integer().notNull(),
    foundAt: integer("found_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.connectorId, table.id] }),
    // What needs a person is found by index. A file that came in costs no index row.
    index("connector_files_refused")
      .on(table.connectorId, table.uploadId)
      .where(sql`state = 'refused'`),
  ],
);

/**
 * A recording that came in without its sidecar. `name`: the name that the sidecar will have and, behind a tab, the
 * recording's, since recordings may share one; those of before this have the first alone. Written for these alone: a sidecar
 * that is there in time costs no row.
 */
export const connectorSidecars = sqliteTable(
  "connector_sidecars",
  {
    connectorId: text("connector_id").notNull(),
    name: text().notNull(),
    organizationId: text("organization_id").notNull(),
    /** Of the call, in the connector's source. */
    externalId: text("external_id").notNull(),
    callId: text("call_id").notNull(),
    since: integer().notNull(),
    /** The version of the sidecar that rested and could not be read: it is not asked for again. */
    unreadable: text(),
  },
  (table) => [primaryKey({ columns: [table.connectorId, table.name] })],
);
