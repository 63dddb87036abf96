import type { EndpointConfig } from "../../contract";

/** The newest configuration of the endpoint that this object received. */
export function readConfigRow(sql: SqlStorage): EndpointConfig | undefined {
  const [row] = sql.exec<{ config: string }>("SELECT config FROM endpoint WHERE id = 1").toArray();
  const config = row && (JSON.parse(row.config) as EndpointConfig);
  // Deleted by a Worker that kept them.
  if (config?.deleted && config.secrets !== "") writeConfigRow(sql, config);
  return config;
}

/** Stores the configuration, that of a deleted endpoint without its secrets: nothing opens them any more. */
export function writeConfigRow(sql: SqlStorage, config: EndpointConfig): void {
  const stored = config.deleted ? { ...config, secrets: "", headers: {} } : config;
  sql.exec("INSERT OR REPLACE INTO endpoint (id, config) VALUES (1, ?)", JSON.stringify(stored));
}

/**
 * The state that must survive a restart: since when every attempt failed, since when the circuit is open (both in
 * milliseconds), and whether the backlog warning was recorded. Stored in the table `standing`.
 */
export type PersistedState = { failingSince: number | null; openSince: number | null; warned: boolean };

export function readPersistedState(sql: SqlStorage): PersistedState {
  const [row] = sql
    .exec<{ failing_since: number | null; open_since: number | null; warned: number }>(
      "SELECT failing_since, open_since, warned FROM standing",
    )
    .toArray();
  return {
    failingSince: row?.failing_since ?? null,
    openSince: row?.open_since ?? null,
    warned: row?.warned === 1,
  };
}

export function writePersistedState(sql: SqlStorage, { failingSince, openSince, warned }: PersistedState): void {
  sql.exec(
    "INSERT OR REPLACE INTO standing (id, failing_since, open_since, warned) VALUES (1, ?, ?, ?)",
    failingSince,
    openSince,
    warned ? 1 : 0,
  );
}

/**
 * A notice about the endpoint for the organization's other endpoints. It stays here, in the table `tells`, until the
 * database has recorded it as an event.
 */
export type PendingNotice =
  | { kind: "disabled"; reason: "gone" | "failing"; at: number }
  | { kind: "recovered"; at: number; failingSince: number }
  | { kind: "backlog_high"; at: number; backlog: number; limit: number }
  | { kind: "parked"; at: number; deliveryId: string; eventId: string; type: string; stream: string; seq: number };

export function addPendingNotice(sql: SqlStorage, notice: PendingNotice): void {
  sql.exec("INSERT INTO tells (tell) VALUES (?)", JSON.stringify(notice));
}

export function readPendingNotices(sql: SqlStorage, limit: number): { id: number; notice: PendingNotice }[] {
  return sql
    .exec<{ id: number; tell: string }>(`SELECT id, tell FROM tells ORDER BY id LIMIT ${limit}`)
    .toArray()
    .map((row) => ({ id: row.id, notice: JSON.parse(row.tell) as PendingNotice }));
}

export function dropPendingNotice(sql: SqlStorage, id: number): void {
  sql.exec("DELETE FROM tells WHERE id = ?", id);
}

/** Whether a `disabled` notice waits to be recorded in the database. */
export function isDisablePending(sql: SqlStorage): boolean {
  return sql.exec('SELECT 1 FROM tells WHERE tell LIKE \'{"kind":"disabled"%\' LIMIT 1').toArray().length > 0;
}
