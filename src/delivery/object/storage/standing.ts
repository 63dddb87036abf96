import type { EndpointConfig } from "../../contract";

/** The endpoint as this object last heard of it. */
export function readConfigRow(sql: SqlStorage): EndpointConfig | undefined {
  const [row] = sql.exec<{ config: string }>("SELECT config FROM endpoint WHERE id = 1").toArray();
  return row && (JSON.parse(row.config) as EndpointConfig);
}

export function writeConfigRow(sql: SqlStorage, config: EndpointConfig): void {
  sql.exec("INSERT OR REPLACE INTO endpoint (id, config) VALUES (1, ?)", JSON.stringify(config));
}

/**
 * What must survive the object: since when every attempt failed, since when the circuit is open (both in milliseconds),
 * and whether the backlog was warned of.
 */
export type Standing = { failingSince: number | null; openSince: number | null; warned: boolean };

export function readStanding(sql: SqlStorage): Standing {
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

export function writeStanding(sql: SqlStorage, { failingSince, openSince, warned }: Standing): void {
  sql.exec(
    "INSERT OR REPLACE INTO standing (id, failing_since, open_since, warned) VALUES (1, ?, ?, ?)",
    failingSince,
    openSince,
    warned ? 1 : 0,
  );
}

/** Something the organization's other endpoints are to be told of this one. It waits here until the database has it. */
export type Tell =
  | { kind: "disabled"; reason: "gone" | "failing"; at: number }
  | { kind: "recovered"; at: number; failingSince: number }
  | { kind: "backlog_high"; at: number; backlog: number; limit: number }
  | { kind: "parked"; at: number; deliveryId: string; eventId: string; type: string; stream: string; seq: number };

export function addTell(sql: SqlStorage, tell: Tell): void {
  sql.exec("INSERT INTO tells (tell) VALUES (?)", JSON.stringify(tell));
}

export function readTells(sql: SqlStorage, limit: number): { id: number; tell: Tell }[] {
  return sql
    .exec<{ id: number; tell: string }>("SELECT id, tell FROM tells ORDER BY id LIMIT ?", limit)
    .toArray()
    .map((row) => ({ id: row.id, tell: JSON.parse(row.tell) as Tell }));
}

export function dropTell(sql: SqlStorage, id: number): void {
  sql.exec("DELETE FROM tells WHERE id = ?", id);
}

/** Whether the endpoint is to be disabled and the database has not been told. */
export function isDisablingTold(sql: SqlStorage): boolean {
  return sql.exec('SELECT 1 FROM tells WHERE tell LIKE \'{"kind":"disabled"%\' LIMIT 1').toArray().length > 0;
}
