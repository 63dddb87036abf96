import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import type { MasterKeys } from "../../lib/seal";
import type { SourceConfig } from "../contract";
import { openSecrets } from "./secrets";

/** The source with its secrets opened, for verifying and reading: the one lookup that knows no organization yet. */
export async function loadSource(db: Database, keys: MasterKeys, id: string): Promise<SourceConfig | undefined> {
  const row = await db
    .select()
    .from(sources)
    .where(and(eq(sources.id, id), isNull(sources.deletedAt)))
    .get();
  if (!row) return undefined;
  return {
    id: row.id,
    organizationId: row.organizationId,
    kind: row.kind,
    campaignId: row.campaignId,
    settings: row.settings,
    secrets: await openSecrets(keys, row.id, row.secrets),
    state: row.state,
  };
}
