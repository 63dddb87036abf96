import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import { err, ok, type Result } from "../../lib/result";
import { liveEndpoint, type EndpointRow } from "./endpoint";

/**
 * Deletes an endpoint; its row stays as a tombstone. Deleting it again answers with the same row, so that a
 * caller whose push to the endpoint's objects failed can repeat the whole.
 */
export async function deleteEndpoint(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<EndpointRow, DomainError>> {
  const deleted = await db
    .update(endpoints)
    .set({ deletedAt: d1Now, updatedAt: d1Now, version: sql`version + 1` })
    .where(liveEndpoint(target))
    .returning()
    .get();
  const row =
    deleted ??
    (await db
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.organizationId, target.organizationId), eq(endpoints.id, target.id)))
      .get());
  return row ? ok(row) : err(notFound("endpoint"));
}
