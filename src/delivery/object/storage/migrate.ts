// The SQLite schema of one endpoint object. Cost is counted in rows written: a delivery that is answered soon costs its row,
// any other its insert (row and index of open work) and one update with outcome and log together. Deletion costs none. `arrival` is the order in which the
// object accepted deliveries; within a stream it is the order of `seq`. `open` is 1 or null and only closing changes it; a
// retry writes its index entry again. The table `standing` holds the persisted state, and `tells` the pending notices
// (storage/endpoint.ts).

/** The name of the table with all open deliveries. Earlier tables add `_<number>` (storage/days.ts). */
export const CURRENT = "deliveries";

/** A table of deliveries. Rows move from one to the next, so a later migration that adds a column must add it to all. */
export function deliveriesTable(name: string): string {
  return `CREATE TABLE ${name} (
     stream TEXT NOT NULL, seq INTEGER NOT NULL, replay INTEGER NOT NULL, state TEXT NOT NULL, open INTEGER,
     attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, arrival INTEGER NOT NULL, enqueued_at INTEGER NOT NULL,
     finished_at INTEGER, status INTEGER, stripped INTEGER NOT NULL, delivery_id TEXT NOT NULL, event_id TEXT NOT NULL,
     type TEXT NOT NULL, recorded_at INTEGER NOT NULL, log TEXT, data TEXT NOT NULL,
     PRIMARY KEY (stream, seq, replay)
   ) WITHOUT ROWID;`;
}

// The index of open work covers all that a starting object reads, so that no row is read. It keeps its name because the
// previous Worker refers to it by name, and the new index serves its query too.
const OPEN_INDEX = `CREATE INDEX deliveries_open ON deliveries (arrival, open, attempts, due_at, state) WHERE open = 1;`;

// A delivery is in this index only once it was given up, so it costs the others no row.
const GIVEN_UP_INDEX = `CREATE INDEX deliveries_given_up ON deliveries (stream) WHERE state IN ('parked', 'skipped');`;

/** The indexes of the current table. */
export const INDEXES = `${OPEN_INDEX} ${GIVEN_UP_INDEX}`;

// SQLite in an object has no `PRAGMA user_version`, so each migration that ran is a row.
const STEPS = [
  `${deliveriesTable(CURRENT)}
   CREATE INDEX deliveries_open ON deliveries (arrival) WHERE open = 1;
   CREATE TABLE endpoint (id INTEGER PRIMARY KEY, config TEXT NOT NULL);
   CREATE TABLE standing (id INTEGER PRIMARY KEY, failing_since INTEGER, warned INTEGER NOT NULL);
   CREATE TABLE tells (id INTEGER PRIMARY KEY, tell TEXT NOT NULL);`,
  `ALTER TABLE standing ADD COLUMN open_since INTEGER;`,
  `CREATE TABLE erased (stream TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;`,
  `DROP INDEX deliveries_open; ${OPEN_INDEX}`,
  // The tables of deliveries by day; the current one has no `closed_at`. When the first was opened is unknown in an
  // object that has deliveries already. `everywhere` is 0 where the Worker of the version before erased: it knows only
  // the current table.
  `CREATE TABLE days (
     number INTEGER PRIMARY KEY, opened_at INTEGER NOT NULL, closed_at INTEGER, oldest INTEGER NOT NULL,
     has_gaps INTEGER NOT NULL DEFAULT 0, stripped INTEGER NOT NULL DEFAULT 0
   );
   INSERT INTO days (opened_at, oldest)
   SELECT at, at FROM (SELECT iif(EXISTS (SELECT 1 FROM deliveries), 0, unixepoch() * 1000) AS at);
   CREATE INDEX days_closed ON days (closed_at);
   CREATE INDEX days_with_gaps ON days (number) WHERE has_gaps = 1;
   ALTER TABLE erased ADD COLUMN everywhere INTEGER NOT NULL DEFAULT 0;
   UPDATE erased SET everywhere = 1;
   ${GIVEN_UP_INDEX}`,
];

/** Migrates the tables of this object. Runs in the constructor, before anything else. */
export function migrateStorage(sql: SqlStorage): void {
  sql.exec("CREATE TABLE IF NOT EXISTS ledger_steps (step INTEGER PRIMARY KEY)");
  const taken = new Set(Array.from(sql.exec<{ step: number }>("SELECT step FROM ledger_steps"), ({ step }) => step));
  for (const [step, statements] of STEPS.entries()) {
    if (taken.has(step)) continue;
    sql.exec(statements);
    sql.exec("INSERT INTO ledger_steps (step) VALUES (?)", step);
  }
}
