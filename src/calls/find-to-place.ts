import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { calls } from "../db/schema";
import type { CallKey } from "./merge";
import { ofOrganization } from "./within-reach";

/** The number of calls read in one step: rows of one index, in order. */
const READ_AT_ONCE = 1000;

const keyColumns = {
  id: calls.id,
  organizationId: calls.organizationId,
  sourceId: calls.sourceId,
  sourceKind: calls.sourceKind,
  externalId: calls.externalId,
};

/**
 * The next calls of an operator, or with a reference, in the order in which calls began, and the cursor to continue
 * from; null at the end. A call written in the meantime may move in that order and be missed, but that write already
 * placed it anew.
 */
export async function findToPlace(
  db: Database,
  query: {
    organizationId: string;
    of: { operatorId: string } | { reference: string };
    limit: number;
    cursor: string | null;
  },
): Promise<{ keys: CallKey[]; cursor: string | null }> {
  const meant =
    "operatorId" in query.of
      ? sql<number>`${calls.operatorId} IS ${query.of.operatorId}`
      : sql<number>`${calls.operatorReference} IS ${query.of.reference}`;
  const rows = await db
    .select({ ...keyColumns, startedAt: calls.startedAt, meant })
    .from(calls)
    .where(and(eq(calls.organizationId, query.organizationId), query.cursor === null ? undefined : after(query.cursor)))
    .orderBy(asc(calls.startedAt), asc(calls.id))
    .limit(READ_AT_ONCE);
  const keys: CallKey[] = [];
  for (const { startedAt, meant: isMeant, ...key } of rows) {
    if (isMeant === 1) keys.push(key);
    if (keys.length === query.limit) return { keys, cursor: `${startedAt}:${key.id}` };
  }
  const last = rows.length < READ_AT_ONCE ? undefined : rows.at(-1);
  return { keys, cursor: last ? `${last.startedAt}:${last.id}` : null };
}

/** The keys of those calls that the organization has. */
export async function readKeys(
  db: Database,
  query: { organizationId: string; callIds: readonly string[] },
): Promise<CallKey[]> {
  return db
    .select(keyColumns)
    .from(calls)
    .where(and(...ofOrganization(query.organizationId, query.callIds)));
}

function after(cursor: string) {
  const colon = cursor.indexOf(":");
  return sql`(${calls.startedAt}, ${calls.id}) > (${Number(cursor.slice(0, colon))}, ${cursor.slice(colon + 1)})`;
}
