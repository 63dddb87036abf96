import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { connectors } from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { DomainError } from "../../errors";
import type { SourceTarget } from "./source";

/** A storage that is looked into, as its source names it. */
export type StorageOfSource = Pick<typeof connectors.$inferSelect, "id" | "name" | "kind">;

/**
 * The storages that sources were made with, by the id of the source: of these sources, or of all. Such a source is worked on
 * as its storage alone.
 */
export async function storagesOfSources(
  db: Database,
  organizationId: string,
  sourceIds?: readonly string[],
): Promise<ReadonlyMap<string, StorageOfSource>> {
  const { id, name, kind, sourceId } = connectors;
  const ofThese = sourceIds === undefined ? undefined : inArray(sourceId, valueList(sourceIds));
  const rows = await db
    .select({ id, name, kind, sourceId })
    .from(connectors)
    .where(and(eq(connectors.organizationId, organizationId), isNull(connectors.deletedAt), ofThese));
  return new Map(rows.map(({ sourceId: of, ...storage }) => [of, storage]));
}

/** Why a source of a storage is neither paused, moved nor deleted by itself; undefined of any other source. */
export async function refusedOfStorage(
  db: Database,
  { organizationId, id }: SourceTarget,
): Promise<DomainError | undefined> {
  const storage = (await storagesOfSources(db, organizationId, [id])).get(id);
  if (!storage) return undefined;
  const message = `This source is of the storage ${storage.name}: change, pause or delete the storage instead.`;
  return { kind: "conflict", message };
}
