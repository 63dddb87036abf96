import { dropTable, readTables } from "./days";

/** Deletes everything of a deleted endpoint: its deliveries and its pending notices. */
export function dropEverything(sql: SqlStorage): void {
  for (const table of readTables(sql)) dropTable(sql, table);
  sql.exec("DELETE FROM deliveries");
  sql.exec("DELETE FROM tells");
}

/**
 * Deletes all deliveries of a stream. Gives their number. The stream is remembered, because a caller that read its
 * events earlier may still send them.
 */
export function eraseStream(sql: SqlStorage, stream: string, now: number): number {
  sql.exec("INSERT OR IGNORE INTO erased (stream, at) VALUES (?, ?)", stream, now);
  let erased = 0;
  for (const { name } of readTables(sql))
    erased += sql.exec(`DELETE FROM ${name} WHERE stream = ? RETURNING 1`, stream).toArray().length;
  return erased;
}

/**
 * Deletes from earlier tables what was erased after they were closed. The Worker of the version before knows only the
 * current table, so what it erased may still be in another.
 */
export function eraseFromEarlier(sql: SqlStorage): void {
  for (const { name, closedAt } of readTables(sql)) {
    if (closedAt === Infinity) continue;
    sql.exec(`DELETE FROM ${name} WHERE stream IN (SELECT stream FROM erased WHERE at >= ?)`, closedAt);
  }
}
