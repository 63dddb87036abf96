import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { anuraSourceOf } from "./anura-source";
import { whereSource } from "./view";

/**
 * Closes a source for good and forgets its secrets; its calls stay. Within a minute, its path answers 404. Anura's has
 * no path of its own to close: pause it, or revoke the API key its notices come with.
 */
export async function deleteSource(
  db: Database,
  target: { organizationId: string; id: string },
  now: number,
): Promise<Result<void, DomainError>> {
  if (target.id === (await anuraSourceOf(target.organizationId))) {
    return err({
      kind: "conflict",
      message: "Anura's source cannot be deleted: pause it, or revoke the API key Anura uses.",
    });
  }
  const row = await db
    .update(sources)
    .set({ deletedAt: now, secrets: null })
    .where(whereSource(target))
    .returning({ id: sources.id })
    .get();
  return row ? ok(undefined) : err(notFound("source"));
}
