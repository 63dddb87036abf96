import { and, eq, sql } from "drizzle-orm";
import type { Database, Statement } from "../../db/client";
import { connectors, connectorSidecars } from "../../db/schema";
import { DAY } from "../../lib/time";
import type { ConnectorRow } from "../config/connector";

export type AwaitedRow = typeof connectorSidecars.$inferSelect;

/** How long after its recording a sidecar may come. */
const AWAITED = 30 * DAY;

/** What stands between the two names of a row. No recording's name has it: names with control characters are refused. */
const BESIDE = "\t";
/** The sign behind it: every row of a sidecar is before this. */
const BEHIND = "\n";

/** The name that a sidecar is known by: names in OneDrive are the same whatever their case. */
export function awaitedName({ kind }: Pick<ConnectorRow, "kind">, name: string): string {
  return kind === "onedrive" ? name.toLowerCase() : name;
}

/** The name of the row of a recording that waits for a sidecar. */
export function awaitedBy(connector: Pick<ConnectorRow, "kind">, sidecar: string, recording: string): string {
  return `${awaitedName(connector, sidecar)}${BESIDE}${awaitedName(connector, recording)}`;
}

/** The name of the row of a sidecar that stays. */
export function stayingName(connector: Pick<ConnectorRow, "kind">, sidecar: string): string {
  return `${awaitedName(connector, sidecar)}${BESIDE}`;
}

/**
 * A row for a sidecar that one recording came in by, and that stays for another one. Should that one never come in, this
 * tells that the sidecar is to be moved away all the same. It has no recording's name, and counts for this version alone,
 * which is noted where other rows have the one that cannot be read.
 */
export function stayingRow(row: Omit<AwaitedRow, "unreadable">, version: string): AwaitedRow {
  return { ...row, name: `${row.name.split(BESIDE)[0]}${BESIDE}`, unreadable: version };
}

/** Whether a row is of a sidecar that stays for another recording, of whichever version. */
export function isStaying({ name }: AwaitedRow): boolean {
  return name.endsWith(BESIDE);
}

/** A statement that notes that a recording came in without its sidecar. */
export function keepAwaited(db: Database, row: AwaitedRow): Statement {
  return db
    .insert(connectorSidecars)
    .values(row)
    .onConflictDoUpdate({
      target: [connectorSidecars.connectorId, connectorSidecars.name],
      // Another version of the recording came in by this name: the sidecar that comes is of the later one.
      set: { externalId: row.externalId, callId: row.callId, since: row.since, unreadable: row.unreadable },
    });
}

/** The recordings that wait for these sidecars, by the sidecar's name. */
export async function awaitedAmong(
  db: Database,
  connectorId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, AwaitedRow[]>> {
  if (names.length === 0) return new Map();
  const { connectorId: of, name, organizationId, externalId, callId, since, unreadable } = connectorSidecars;
  // In this order, so that each name is looked up in the key: a storage may have many thousands that wait.
  const rows = await db.all<AwaitedRow>(sql`SELECT ${of} AS connectorId, ${name} AS name,
    ${organizationId} AS organizationId, ${externalId} AS externalId, ${callId} AS callId, ${since} AS since,
    ${unreadable} AS unreadable
    FROM json_each(${JSON.stringify([...new Set(names)])}) AS listed CROSS JOIN ${connectorSidecars}
    WHERE ${of} = ${connectorId} AND ${name} >= listed.value AND ${name} < listed.value || ${BEHIND}`);
  const found = new Map<string, AwaitedRow[]>();
  for (const row of rows) {
    const [sidecar = ""] = row.name.split(BESIDE);
    found.set(sidecar, [...(found.get(sidecar) ?? []), row]);
  }
  return found;
}

/** Notes that this version of a sidecar cannot be read. */
export async function noteUnreadable(db: Database, { connectorId, name }: AwaitedRow, version: string): Promise<void> {
  await db
    .update(connectorSidecars)
    .set({ unreadable: version })
    .where(and(eq(connectorSidecars.connectorId, connectorId), eq(connectorSidecars.name, name)));
}

/** Nothing is waited for any more under this name. */
export async function endAwaiting(
  db: Database,
  { connectorId, name }: Pick<AwaitedRow, "connectorId" | "name">,
): Promise<void> {
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
