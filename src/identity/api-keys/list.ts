import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "../../db/client";
import { apiKeys } from "../../db/schema";
import type { ApiKeyRow } from "./key";

/** Where a list goes on: after the key with this id. */
export type ApiKeyPosition = { id: string };

/** The organization's keys, revoked ones included, newest first. */
export async function listApiKeys(
  db: Database,
  query: { organizationId: string; limit: number; after?: ApiKeyPosition },
): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, query.organizationId), query.after && lt(apiKeys.id, query.after.id)))
    .orderBy(desc(apiKeys.id))
    .limit(query.limit);
}
