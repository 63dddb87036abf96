import { and, desc, eq, isNull, lt } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import { viewColumns, type SourceView } from "./view";

/** Where a list goes on: after the source with this id. */
export type SourcePosition = { id: string };

/** The organization's sources, by id from the last. */
export async function listSources(
  db: Database,
  query: { organizationId: string; limit: number; after?: SourcePosition },
): Promise<SourceView[]> {
  return db
    .select(viewColumns)
    .from(sources)
    .where(
      and(
        eq(sources.organizationId, query.organizationId),
        isNull(sources.deletedAt),
        query.after && lt(sources.id, query.after.id),
      ),
    )
    .orderBy(desc(sources.id))
    .limit(query.limit);
}
