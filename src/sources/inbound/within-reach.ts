import { sql, type SQL } from "drizzle-orm";
import { ofCallWithin } from "../../calls";
import type { Database } from "../../db/client";
import { inbound } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { Within } from "../../identity";
import { sourceIdsWithin } from "../config";

/**
 * SQL that is true for the logged requests within a reach; undefined where it has no limit: those of its sources that
 * became a call within it, or no call. Their sources are in another home, so they are asked for first.
 */
export async function inboundWithin(db: Database, within: Within): Promise<SQL | undefined> {
  const sourceIds = await sourceIdsWithin(db, within);
  if (sourceIds === null) return undefined;
  return sql`${inbound.sourceId} IN ${valueList(sourceIds)}
    AND (${inbound.callId} IS NULL OR ${ofCallWithin(sql`${inbound.callId}`, within.reach)})`;
}
