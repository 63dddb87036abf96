import { insertRow, type RowWrite } from "../../db/rows";
import { sources } from "../../db/schema";
import { digestOf } from "../../lib/id";
import type { KeyedPlatform } from "../../platforms";

/**
 * The id of an organization's one source of a platform on a shared path. All organizations share the path and differ by
 * key, so the id is derived and ingest needs no database to know it.
 */
export async function defaultSourceOf(kind: string, organizationId: string): Promise<string> {
  return `src_${await digestOf([kind, organizationId])}`;
}

/** The write that makes that source unless it is there. `id` comes from `defaultSourceOf`. */
export function ensureDefaultSource(
  platform: Pick<KeyedPlatform, "kind" | "title">,
  organizationId: string,
  id: string,
  now: number,
): RowWrite {
  return insertRow(sources, {
    id,
    organizationId,
    kind: platform.kind,
    name: platform.title,
    campaignId: null,
    settings: {},
    secrets: null,
    credentials: null,
    state: "active",
    createdAt: now,
    deletedAt: null,
  });
}
