import { eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { masterKeyVersions } from "../db/schema";
import { newestVersion, type MasterKeys } from "../lib/seal";

/** Records since when the newest master key is the newest. What an older one signed was signed before. */
export async function noteNewestKey(db: Database, keys: MasterKeys, now: number): Promise<void> {
  await db
    .insert(masterKeyVersions)
    .values({ version: newestVersion(keys), seenAt: now })
    .onConflictDoNothing();
}

/** When the newest key was first seen, in milliseconds. `noteNewestKey` comes first. */
export async function newestSince(db: Database, keys: MasterKeys): Promise<number | undefined> {
  const row = await db
    .select({ seenAt: masterKeyVersions.seenAt })
    .from(masterKeyVersions)
    .where(eq(masterKeyVersions.version, newestVersion(keys)))
    .get();
  return row?.seenAt;
}
