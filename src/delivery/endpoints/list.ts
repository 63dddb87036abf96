import { and, desc, eq, isNull, lt } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import type { EndpointRow } from "./endpoint";

/** The position of a page: after the endpoint with this id. */
export type EndpointPosition = { id: string };

/** The organization's endpoints, newest first. */
export async function listEndpoints(
  db: Database,
  query: { organizationId: string; limit: number; after?: EndpointPosition },
): Promise<EndpointRow[]> {
  return db
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.organizationId, query.organizationId),
        isNull(endpoints.deletedAt),
        query.after && lt(endpoints.id, query.after.id),
      ),
    )
    .orderBy(desc(endpoints.id))
    .limit(query.limit);
}
