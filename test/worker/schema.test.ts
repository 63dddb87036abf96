import { env } from "cloudflare:workers";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema";

// `WITHOUT ROWID` is not something drizzle-kit can emit: it is written into the generated SQL by hand, and this test is
// what notices when a migration and the schema part ways.

const tables = Object.values(schema).filter((value) => is(value, SQLiteTable)) as SQLiteTable[];

/** Tables whose primary key is a text we make: without a rowid they cost one row written where others cost two. */
const WITHOUT_ROWID = [
  "absences",
  "alerts",
  "analyses",
  "api_hours",
  "assignment_turns",
  "audit_log",
  "call_actions",
  "call_lookups",
  "calls",
  "campaign_actions",
  "challenges",
  "code_attempts",
  "company_secrets",
  "connector_files",
  "connector_sidecars",
  "connectors",
  "consensuses",
  "dead_letters",
  "default_views",
  "endpoint_health",
  "endpoint_hours",
  "engine_spend",
  "engines",
  "erased_calls",
  "erasures",
  "event_listeners",
  "events",
  "health_alarms",
  "idempotency_keys",
  "inbound",
  "inbox",
  "invitations",
  "job_results",
  "jobs",
  "legal_holds",
  "memberships",
  "muted_notifications",
  "notification_causes",
  "notification_digests",
  "notifications",
  "operator_moves",
  "operator_references",
  "passkeys",
  "password_resets",
  "pending_streams",
  "received_requests",
  "reconciliations",
  "recordings",
  "recovery_codes",
  "remembered_browsers",
  "report_calls",
  "report_criteria",
  "report_marks",
  "report_reviews",
  "report_runs",
  "report_schedules",
  "request_quotas",
  "retention_passes",
  "retention_rules",
  "review_comments",
  "reviews",
  "rules",
  "sample_counts",
  "saved_views",
  "scorecards",
  "search_marks",
  "second_steps",
  "secret_reveals",
  "sessions",
  "sign_in_attempts",
  "sla_policies",
  "sla_violations",
  "source_counts",
  "spend_caps",
  "sweep_runs",
  "tag_counts",
  "tasks",
  "team_members",
  "test_receivers",
  "token_issuer_keys",
  "undelivered",
  "upload_parts",
  "uploads",
  "usage_alerts",
  "usage_days",
  "usage_deliveries",
  "usage_engines",
  "usage_marks",
  "user_totp",
  "users",
];

async function rows<T>(sql: string): Promise<T[]> {
  return (await env.DB.prepare(sql).all<T>()).results;
}

describe("the live schema", () => {
  it.for(tables.map((table) => [getTableConfig(table).name, table] as const))(
    "is the drizzle one: %s",
    async ([name, table]) => {
      const config = getTableConfig(table);
      const columns = await rows<{ name: string; type: string; notnull: number }>(`PRAGMA table_info(${name})`);
      // A column added later stands last in the live table, wherever the schema has it.
      const live = columns.map((column) => [column.name, [column.type.toLowerCase(), column.notnull === 1]] as const);
      const known = config.columns.map((column) => [column.name, [column.getSQLType(), column.notNull]] as const);
      expect(new Map(live)).toEqual(new Map(known));
      const indexes = await rows<{ name: string; unique: number; origin: string }>(`PRAGMA index_list(${name})`);
      const own = indexes.filter((index) => index.origin === "c").map((index) => [index.name, index.unique === 1]);
      const inline = config.columns.filter((column) => column.isUnique).map((column) => [column.uniqueName, true]);
      const declared = config.indexes.map((index) => [index.config.name, index.config.unique]);
      expect(new Map(own as [string, boolean][])).toEqual(new Map([...declared, ...inline] as [string, boolean][]));
    },
  );

  it("has no table the code does not know", async () => {
    const live = await rows<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'd1\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    );
    expect(live.map((table) => table.name).toSorted()).toEqual(
      tables.map((table) => getTableConfig(table).name).toSorted(),
    );
  });

  it("keeps text-keyed tables without a rowid", async () => {
    const live = await rows<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND upper(sql) LIKE '%WITHOUT ROWID%'",
    );
    expect(live.map((table) => table.name).toSorted()).toEqual(WITHOUT_ROWID);
  });
});
