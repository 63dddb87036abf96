import { dropTable, readTables } from "./days";

/** Deletes everything of a deleted endpoint: its deliveries and its pending notices. */
export function dropEverything(sql: SqlStorage): void {
  for (const table of readTables(sql)) dropTable(sql, table);
  sql.exec("DELETE FROM deliveries");
  sql.exec("DELETE FROM tells");
}

/** How many deliveries of these streams there are. */
export function countStreams(sql: SqlStorage, streams: readonly string[]): number {
  const json = JSON.stringify(streams);
  return readTables(sql)
    .map(({ name }) => `SELECT count(*) AS counted FROM ${name} WHERE stream IN (SELECT value FROM json_each(?))`)
    .reduce((total, query) => total + sql.exec<{ counted: number }>(query, json).one().counted, 0);
}

/**
 * Deletes all deliveries of a stream. Gives their number. The stream is remembered, because a caller that read its
 * events earlier may still send them.
 */
export function eraseStream(sql: SqlStorage, stream: string, now: number): number {
  sql.exec("INSERT OR IGNORE INTO erased (stream, at, everywhere) VALUES (?, ?, 1)", stream, now);
  let erased = 0;
  for (const { name } of readTables(sql))
    erased += sql.exec(`DELETE FROM ${name} WHERE stream = ? RETURNING 1`, stream).toArray().length;
  return erased;
}

/**
 * Erases from earlier tables too what the Worker of the version before erased: it knows only the current table. Runs at
 * the start, before anyone can read or replay it.
 */
export function finishErasures(sql: SqlStorage): void {
  const unfinished = sql.exec("SELECT 1 FROM erased WHERE everywhere = 0 LIMIT 1").toArray().length > 0;
  if (!unfinished) return;
  for (const { name } of readTables(sql))
    sql.exec(`DELETE FROM ${name} WHERE stream IN (SELECT stream FROM erased WHERE everywhere = 0)`);
  sql.exec("UPDATE erased SET everywhere = 1 WHERE everywhere = 0");
}
