import { sources } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import type { Act } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { SourceDeps } from "./create";
import { defaultSourceOf, readSource, whereSource, type SourceTarget } from "./source";
import { refusedOfStorage } from "./storage";

/**
 * Closes a source for good and forgets its secrets and credentials; its calls stay. Within a minute, its path answers
 * 404. The one on a shared path has none of its own to close: pause it, or revoke the API key its notices come with.
 */
export async function deleteSource(
  { db }: Pick<SourceDeps, "db">,
  target: SourceTarget,
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const known = await readSource(db, target);
  if (!known.ok) return known;
  const ofStorage = await refusedOfStorage(db, target);
  if (ofStorage) return err(ofStorage);
  if (target.id === (await defaultSourceOf(known.value.kind, target.organizationId))) {
    return err({
      kind: "conflict",
      message: "The source of a shared path cannot be deleted: pause it, or revoke the API key its notices come with.",
    });
  }
  const row = await db
    .update(sources)
    .set({ deletedAt: now, secrets: null, credentials: null })
    .where(whereSource(target))
    .returning({ id: sources.id })
    .get();
  return row ? ok(undefined) : err(notFound("source"));
}
