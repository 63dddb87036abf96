import { and, eq, sql } from "drizzle-orm";
import { endpoints } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { d1Now } from "../../events";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { liveEndpoint, type EndpointDeps, type EndpointRow } from "./endpoint";

/**
 * Deletes an endpoint and pushes the deletion to its objects. Its row stays as a tombstone without secrets. Throws when
 * the push fails; deleting it again repeats the push.
 */
export async function deleteEndpoint(
  { db, endpointObjects }: Pick<EndpointDeps, "db" | "endpointObjects">,
  target: { organizationId: string; id: string },
  _act: Act,
): Promise<Result<EndpointRow, DomainError>> {
  const deleted = await db
    .update(endpoints)
    .set({ secrets: "", headers: {}, deletedAt: d1Now, updatedAt: d1Now, version: sql`version + 1` })
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
  if (!row) return err(notFound("endpoint"));
  await endpointObjects.configure(row);
  return ok(row);
}
