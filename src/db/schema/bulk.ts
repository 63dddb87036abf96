import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * An act on many calls, done page by page (bulk/work-on-job.ts). `rights`: what whoever began it could do then; what they
 * can do now is asked on the way. Open work as in `recordings`.
 */
export const jobs = sqliteTable(
  "jobs",
  {
    organizationId: text("organization_id").notNull(),
    id: text().notNull(),
    action: text().notNull(),
    params: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    /** The calls themselves, the filter that finds them, or the job that changed them. */
    selection: text({ mode: "json" })
      .$type<
        { ids: string[] } | { filter: Record<string, unknown> } | { found: Record<string, unknown> } | { job: string }
      >()
      .notNull(),
    actor: text({ mode: "json" }).$type<{ kind: string; id?: string }>().notNull(),
    rights: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    address: text(),
    requestId: text("request_id"),
    state: text({ enum: ["open", "completed", "cancelled", "failed"] }).notNull(),
    reason: text(),
    /** Null while a filter finds them. */
    total: integer(),
    done: integer().notNull(),
    changed: integer().notNull(),
    failed: integer().notNull(),
    /** Pages of results that are written. */
    pages: integer().notNull(),
    /** Where the next page begins; null at the beginning. */
    cursor: text(),
    dueAt: integer("due_at").notNull(),
    attempts: integer().notNull(),
    leaseUntil: integer("lease_until").notNull(),
    claims: integer().notNull(),
    nudgeAfter: integer("nudge_after").notNull(),
    createdAt: integer("created_at").notNull(),
    endedAt: integer("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("jobs_open")
      .on(table.organizationId, table.id)
      .where(sql`state = 'open'`),
    index("jobs_ended")
      .on(table.endedAt)
      .where(sql`ended_at IS NOT NULL`),
  ],
);

/**
 * What became of the calls of one page of a job, as JSON. A filter's pages have only what failed, unless the job can be
 * undone (bulk/undo.ts).
 */
export const jobResults = sqliteTable(
  "job_results",
  {
    organizationId: text("organization_id").notNull(),
    jobId: text("job_id").notNull(),
    page: integer().notNull(),
    results: text({ mode: "json" }).$type<unknown[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.jobId, table.page] })],
);
