import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { connectors, connectorSidecars } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { DAY } from "../../lib/time";
import type { ConnectorRow } from "../config/connector";

export type AwaitedRow = typeof connectorSidecars.$inferSelect;

/** How long after its recording a sidecar may come. */
const AWAITED = 30 * DAY;

/** The name that a sidecar is known by: names in OneDrive are the same whatever their case. */
export function awaitedName({ kind }: Pick<ConnectorRow, "kind">, name: string): string {
  return kind === "onedrive" ? name.toLowerCase() : name;
}

/** A statement that notes that a recording came in without its sidecar. */
export function keepAwaited(db: Database, row: AwaitedRow): Statement {
  return db
    .insert(connectorSidecars)
    .values(row)
    .onConflictDoUpdate({
      target: [connectorSidecars.connectorId, connectorSidecars.name],
      // Another version of the recording came in by this name: the sidecar that comes is of the later one.
      set: { externalId: row.externalId, callId: row.callId, since: row.since },
    });
}

/** The recordings that wait for one of these sidecars, by the sidecar's name. */
export async function awaitedAmong(
  db: Database,
  connectorId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, AwaitedRow>> {
  if (names.length === 0) return new Map();
  const rows = await db
    .select()
    .from(connectorSidecars)
    .where(and(eq(connectorSidecars.connectorId, connectorId), inArray(connectorSidecars.name, valueList(names))));
  return new Map(rows.map((row) => [row.name, row]));
}

/** Nothing is waited for any more under this name. */
export async function endAwaiting(db: Database, { connectorId, name }: AwaitedRow): Promise<void> {
  await db
    .delete(connectorSidecars)
    .where(and(eq(connectorSidecars.connectorId, connectorId), eq(connectorSidecars.name, name)));
}

/** A statement that forgets what nothing came of, and what was waited for by deleted connectors, `limit` at most. */
export function forgetAwaited(db: Database, now: number, limit: number): Statement {
  return db.run(sql`DELETE FROM ${connectorSidecars} WHERE (connector_id, name) IN (
    SELECT s.connector_id, s.name FROM ${connectorSidecars} AS s LEFT JOIN ${connectors} AS c ON c.id = s.connector_id
    WHERE s.since < ${now - AWAITED} OR c.id IS NULL OR c.deleted_at IS NOT NULL LIMIT ${limit})`);
}
