import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { inOrder, isAfter, type Order } from "../../db/order";
import { endpoints } from "../../db/schema";
import type { EndpointRow } from "./endpoint";

/** The position of a page: after the endpoint with this id. */
export type EndpointPosition = { id: string };

/** The organization's endpoints, newest first. */
export async function listEndpoints(
  db: Database,
  query: { organizationId: string; limit: number; after?: EndpointPosition; order?: Order },
): Promise<EndpointRow[]> {
  const { order = "descending" } = query;
  return db
    .select()
    .from(endpoints)
    .where(
      and(
        eq(endpoints.organizationId, query.organizationId),
        isNull(endpoints.deletedAt),
        isAfter(endpoints.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(endpoints.id, order))
    .limit(query.limit);
}
