// The SQLite schema of one endpoint object. Cost is counted in rows written: a delivery costs its insert (row and index
// of open work), one update with outcome and log together, and its deletion at the end of its retention. `arrival` is
// the order in which the object accepted deliveries; within a stream it is the order of `seq`. `open` is 1 or null and
// only closing changes it; a retry writes its index entry again. The table `standing` holds the persisted state, and
// `tells` the pending notices (storage/endpoint.ts).

// SQLite in an object has no `PRAGMA user_version`, so each migration that ran is a row.
const STEPS = [
  `CREATE TABLE deliveries (
     stream TEXT NOT NULL, seq INTEGER NOT NULL, replay INTEGER NOT NULL, state TEXT NOT NULL, open INTEGER,
     attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, arrival INTEGER NOT NULL, enqueued_at INTEGER NOT NULL,
     finished_at INTEGER, status INTEGER, stripped INTEGER NOT NULL, delivery_id TEXT NOT NULL, event_id TEXT NOT NULL,
     type TEXT NOT NULL, recorded_at INTEGER NOT NULL, log TEXT, data TEXT NOT NULL,
     PRIMARY KEY (stream, seq, replay)
   ) WITHOUT ROWID;
   CREATE INDEX deliveries_open ON deliveries (arrival) WHERE open = 1;
   CREATE TABLE endpoint (id INTEGER PRIMARY KEY, config TEXT NOT NULL);
   CREATE TABLE standing (id INTEGER PRIMARY KEY, failing_since INTEGER, warned INTEGER NOT NULL);
   CREATE TABLE tells (id INTEGER PRIMARY KEY, tell TEXT NOT NULL);`,
  `ALTER TABLE standing ADD COLUMN open_since INTEGER;`,
  `CREATE TABLE erased (stream TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;`,
  // The index of open work covers all that a starting object reads, so that no row is read. It keeps its name because
  // the previous Worker refers to it by name, and the new index serves its query too.
  `DROP INDEX deliveries_open;
   CREATE INDEX deliveries_open ON deliveries (arrival, open, attempts, due_at, state) WHERE open = 1;`,
];

/** Migrates the tables of this object. Runs in the constructor, before anything else. */
export function migrateStorage(sql: SqlStorage): void {
  sql.exec("CREATE TABLE IF NOT EXISTS ledger_steps (step INTEGER PRIMARY KEY)");
  const { taken } = sql.exec<{ taken: number }>("SELECT count(*) AS taken FROM ledger_steps").one();
  for (const [step, statements] of STEPS.entries()) {
    if (step < taken) continue;
    sql.exec(statements);
    sql.exec("INSERT INTO ledger_steps (step) VALUES (?)", step);
  }
}
