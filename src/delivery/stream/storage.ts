import { listenerShape, type Listener } from "./listener";

// An object keeps the events of the last minutes, numbered, and its listeners. `floor`: what is after this number is
// known without a gap.

/** An event as it is kept. `data` is its JSON; a large one is `{"spilled": "<R2 key>"}`. */
export type KeptEvent = {
  number: number;
  stream: string;
  seq: number;
  id: string;
  type: string;
  recordedAt: number;
  keptAt: number;
  data: string;
};

export type NewEvent = Omit<KeptEvent, "number" | "keptAt">;

export function openStorage(sql: SqlStorage): void {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS kept (
      number INTEGER PRIMARY KEY, stream TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
      recorded_at INTEGER NOT NULL, kept_at INTEGER NOT NULL, data TEXT NOT NULL, UNIQUE (stream, seq));
    CREATE TABLE IF NOT EXISTS listeners (id TEXT PRIMARY KEY, body TEXT NOT NULL, left_at INTEGER);
    CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value INTEGER NOT NULL)`);
}

type StateKey = "last" | "floor" | "registered_until";

export function readState(sql: SqlStorage, key: StateKey): number {
  const [row] = sql.exec<{ value: number }>("SELECT value FROM state WHERE key = ?", key);
  return row?.value ?? 0;
}

export function writeState(sql: SqlStorage, key: StateKey, value: number): void {
  sql.exec("INSERT INTO state VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", key, value);
}

/** Events may have been missed since the last number: whoever had it starts anew. */
export function breakNumbering(sql: SqlStorage): void {
  const next = readState(sql, "last") + 1;
  writeState(sql, "last", next);
  writeState(sql, "floor", next);
  sql.exec("DELETE FROM kept");
}

/** Keeps those events that are not kept yet, in order, and gives them with their numbers. */
export function keepEvents(sql: SqlStorage, events: readonly NewEvent[], now: number): KeptEvent[] {
  let last = readState(sql, "last");
  const kept: KeptEvent[] = [];
  for (const event of events) {
    const known = sql.exec("SELECT 1 FROM kept WHERE stream = ? AND seq >= ?", event.stream, event.seq).toArray();
    if (known.length > 0) continue;
    const { stream, seq, id, type, recordedAt, data } = event;
    last += 1;
    sql.exec("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?)", last, stream, seq, id, type, recordedAt, now, data);
    kept.push({ ...event, number: last, keptAt: now });
  }
  if (kept.length > 0) writeState(sql, "last", last);
  return kept;
}

/** Forgets the events of these streams. Their numbers stay used. */
export function eraseStreams(sql: SqlStorage, streams: readonly string[]): void {
  sql.exec("DELETE FROM kept WHERE stream IN (SELECT value FROM json_each(?))", JSON.stringify(streams));
}

/** Forgets events from the oldest on until no limit is passed. */
export function trimEvents(sql: SqlStorage, limits: { count: number; bytes: number; before: number }): void {
  let [count, bytes, floor] = [0, 0, -1];
  const rows = sql.exec<{ number: number; size: number; kept_at: number }>(
    "SELECT number, length(data) AS size, kept_at FROM kept ORDER BY number DESC",
  );
  for (const { number, size, kept_at: keptAt } of rows) {
    count += 1;
    bytes += size;
    if (count <= limits.count && bytes <= limits.bytes && keptAt >= limits.before) continue;
    floor = number;
    break;
  }
  if (floor < 0) return;
  sql.exec("DELETE FROM kept WHERE number <= ?", floor);
  writeState(sql, "floor", Math.max(floor, readState(sql, "floor")));
}

/** What is after a number; undefined where that is not known without a gap. */
export function eventsAfter(sql: SqlStorage, number: number): KeptEvent[] | undefined {
  if (number < readState(sql, "floor") || number > readState(sql, "last")) return undefined;
  const rows = sql.exec<Record<string, string | number>>("SELECT * FROM kept WHERE number > ? ORDER BY number", number);
  return [...rows].map((row) => ({
    number: Number(row["number"]),
    stream: String(row["stream"]),
    seq: Number(row["seq"]),
    id: String(row["id"]),
    type: String(row["type"]),
    recordedAt: Number(row["recorded_at"]),
    keptAt: Number(row["kept_at"]),
    data: String(row["data"]),
  }));
}

/** Who never joins counts as gone from `now` on. */
export function writeListener(sql: SqlStorage, listener: Listener, now: number): void {
  sql.exec(
    "INSERT INTO listeners VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET body = ?2",
    listener.id,
    JSON.stringify(listener),
    now,
  );
}

export function markThere(sql: SqlStorage, id: string): void {
  sql.exec("UPDATE listeners SET left_at = NULL WHERE id = ?", id);
}

/** A listener, also one that left a while ago. */
export function readListener(sql: SqlStorage, id: string): Listener | undefined {
  const [row] = sql.exec<{ body: string }>("SELECT body FROM listeners WHERE id = ?", id);
  return row && listenerShape.parse(JSON.parse(row.body));
}

export function markLeft(sql: SqlStorage, id: string, now: number): void {
  sql.exec("UPDATE listeners SET left_at = ? WHERE id = ? AND left_at IS NULL", now, id);
}

/** Forgets listeners that left before a moment. Gives how many are known still. */
export function forgetListeners(sql: SqlStorage, before: number): number {
  sql.exec("DELETE FROM listeners WHERE left_at < ?", before);
  return sql.exec<{ n: number }>("SELECT count(*) AS n FROM listeners").one().n;
}
