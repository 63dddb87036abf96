import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Audited, Operation } from "./audited-table";
import { AUDITED } from "./audited-tables";

// The audit log is written by triggers, in the transaction of each change. They are made from the list of audited
// tables, and a test compares them with the database: whoever adds a table or column adds its triggers to the migration
// with `npm run db:triggers`.

/** Where no act is set, the time is the database's. */
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const AT = `coalesce(act.at, ${NOW})`;

/** The SQL of every trigger of the audit log, by name. */
export function auditTriggers(): Map<string, string> {
  const triggers = new Map(KEPT);
  for (const one of AUDITED) {
    for (const operation of one.operations) {
      const name = `audit_${getTableName(one.table)}_${operation}`;
      triggers.set(name, triggerOf(name, one, operation));
    }
  }
  return triggers;
}

/** Entries are never changed, deleted or replaced; one whose id is there already is left out. */
const KEPT: readonly (readonly [string, string])[] = [
  ["audit_log_no_update", refusal("audit_log_no_update", "UPDATE")],
  ["audit_log_no_delete", refusal("audit_log_no_delete", "DELETE")],
  [
    "audit_log_no_replace",
    `CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE organization_id = NEW.organization_id AND id = NEW.id)
BEGIN
  SELECT RAISE(IGNORE);
END`,
  ],
];

function refusal(name: string, operation: string): string {
  return `CREATE TRIGGER ${name} BEFORE ${operation} ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END`;
}

function triggerOf(name: string, one: Audited, operation: Operation): string {
  const table = getTableName(one.table);
  const columns = Object.entries(getTableColumns(one.table) as Record<string, SQLiteColumn>);
  const watched = columns.filter(([key]) => !one.ignored.includes(key));
  const names = watched.map(([, column]) => column.name);
  const changed = names.map((column) => `OLD.${column} IS NOT NEW.${column}`).join(" OR ");
  const conditions = [
    ...(operation === "update" ? [`(${changed})`] : []),
    ...(one.unattended.includes(operation) ? [] : ["EXISTS (SELECT 1 FROM audit_act)"]),
  ];
  const row = operation === "delete" ? "OLD" : "NEW";
  const valuesOf = (side: "OLD" | "NEW", has: boolean) =>
    has ? jsonOf(watched, one.masked, side, operation === "update") : "NULL";
  // Without OR of its own: an outer INSERT OR REPLACE must not reach into the log.
  return `CREATE TRIGGER ${name} AFTER ${operation.toUpperCase()}${
    operation === "update" ? ` OF ${names.join(", ")}` : ""
  } ON ${table}
${conditions.length > 0 ? `WHEN ${conditions.join(" AND ")}\n` : ""}BEGIN
  INSERT INTO audit_log (organization_id, id, at, actor, action, resource_type, resource_id, before, after, address, request_id)
  SELECT ${one.organization.replaceAll("ROW", row)}, 'aud_' || printf('%012x', ${AT}) || lower(hex(randomblob(8))),
    ${AT}, coalesce(act.actor, 'system'),
    ${actionOf(one, operation)}, '${one.noun}', ${one.id.replaceAll("ROW", row)},
    ${valuesOf("OLD", operation !== "insert")},
    ${valuesOf("NEW", operation !== "delete")},
    act.address, act.request_id
  FROM ${(one.each ?? "(SELECT 1)").replaceAll("ROW", row)} LEFT JOIN audit_act AS act ON act.id = 1;
END`;
}

function actionOf({ noun, created, ended }: Audited, operation: Operation): string {
  if (operation === "insert") return `'${noun}.${created}'`;
  if (operation === "delete") return `'${noun}.deleted'`;
  if (!ended) return `'${noun}.updated'`;
  const { column, verb } = ended;
  const isEnd = `OLD.${column} IS NOT NEW.${column} AND NEW.${column} IS NOT NULL`;
  return `CASE WHEN ${isEnd} THEN '${noun}.${verb}' ELSE '${noun}.updated' END`;
}

// VALUES, because D1 takes no function of more than 32 arguments and no compound select of more than five.
function jsonOf(
  watched: readonly [string, SQLiteColumn][],
  masked: readonly string[],
  side: "OLD" | "NEW",
  onlyChanged: boolean,
): string {
  const rows = watched.map(([key, column]) => {
    const value = `${side}.${column.name}`;
    const shown = masked.includes(key)
      ? `CASE WHEN ${value} IS NULL THEN 'null' ELSE '"masked"' END`
      : jsonText(column, value);
    const is = onlyChanged ? `OLD.${column.name} IS NOT NEW.${column.name}` : "TRUE";
    return `('${column.name}', ${shown}, ${is})`;
  });
  return `(SELECT json_group_object(column1, json(column2)) FROM (VALUES
      ${rows.join(",\n      ")}) WHERE column3)`;
}

function jsonText(column: SQLiteColumn, value: string): string {
  if (column.dataType === "boolean") return `CASE WHEN ${value} THEN 'true' ELSE 'false' END`;
  // A text that is not JSON must not make the change itself fail.
  if (column.dataType === "json") return `CASE WHEN json_valid(${value}) THEN ${value} ELSE json_quote(${value}) END`;
  return `json_quote(${value})`;
}
