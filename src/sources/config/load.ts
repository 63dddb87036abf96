import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources } from "../../db/schema";
import type { MasterKeys } from "../../lib/seal";
import type { AccessConfig, SourceConfig, CommonSettings } from "../../platforms";
import { openCredentials, openSecrets } from "./secrets";

type SourceRow = typeof sources.$inferSelect;

/** The source with its secrets opened, for verifying and reading: the one lookup that knows no organization yet. */
export async function loadSource(db: Database, keys: MasterKeys, id: string): Promise<SourceConfig | undefined> {
  const row = await findSource(db, id);
  return row && openSource(row, keys);
}

/**
 * The source with secrets and credentials opened, for asking its platform. Paused ones too: their links must not die.
 */
export async function loadAccess(db: Database, keys: MasterKeys, id: string): Promise<AccessConfig | undefined> {
  const row = await findSource(db, id);
  if (!row) return undefined;
  return { ...(await openSource(row, keys)), credentials: await openCredentials(keys, row.id, row.credentials) };
}

async function findSource(db: Database, id: string): Promise<SourceRow | undefined> {
  return db
    .select()
    .from(sources)
    .where(and(eq(sources.id, id), isNull(sources.deletedAt)))
    .get();
}

async function openSource(row: SourceRow, keys: MasterKeys): Promise<SourceConfig> {
  return {
    id: row.id,
    organizationId: row.organizationId,
    kind: row.kind,
    campaignId: row.campaignId,
    // Checked by the platform's schema when they were written.
    settings: row.settings as CommonSettings,
    secrets: await openSecrets(keys, row.id, row.secrets),
    state: row.state,
  };
}
