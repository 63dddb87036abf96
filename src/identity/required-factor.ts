import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { organizations } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";

/** Sets whether an organization requires a second factor of its members. It holds at the next request of each. */
export async function requireSecondFactor(
  { db }: { db: Database },
  { organizationId, required }: { organizationId: string; required: boolean },
): Promise<Result<void, DomainError>> {
  const changed = await db
    .update(organizations)
    .set({ requireSecondFactor: required })
    .where(eq(organizations.id, organizationId))
    .returning({ id: organizations.id });
  return changed.length > 0 ? ok(undefined) : err(notFound("organization"));
}
