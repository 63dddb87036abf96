import { eq } from "drizzle-orm";
import { callIdOf } from "../calls";
import type { Database } from "../db/client";
import { sources } from "../db/schema";

/**
 * The ids that calls with this external id have, one for each source of the organization, deleted ones too: ids are
 * derived, so no index of external ids is needed. Whether there are such calls is another question. `sourceId`: that of this
 * source alone.
 */
export async function callIdsOf(
  db: Database,
  {
    organizationId,
    externalId,
    sourceId: only,
  }: { organizationId: string; externalId: string; sourceId?: string | undefined },
): Promise<string[]> {
  if (only !== undefined) return [await callIdOf({ organizationId, sourceId: only, externalId })];
  const rows = await db.select({ id: sources.id }).from(sources).where(eq(sources.organizationId, organizationId));
  return Promise.all(rows.map(({ id: sourceId }) => callIdOf({ organizationId, sourceId, externalId })));
}
