import { and, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources, type SourceSettings } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import type { Act, Reach } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { Platform } from "../../platforms";
import { checkSource, parseCredentials, parseSettings } from "./check";
import type { SourceDeps } from "./create";
import { readSource, viewColumns, whereSource, type SourceTarget, type SourceView } from "./source";
import { sealCredentials } from "./secrets";
import { refusedOfStorage } from "./storage";

/** What may change; what is left out stays. */
export type SourceChanges = {
  name?: string;
  campaignId?: string | null;
  /** Each setting given replaces the one of its name; null takes it away. */
  settings?: Readonly<Record<string, unknown>>;
  /** Replaced as a whole; null forgets them. */
  credentials?: unknown;
  state?: "active" | "paused";
};

/** A change that lost to another writer is repeated on what that one wrote; more rounds than this is a fault. */
const MAX_ROUNDS = 5;

/** Changes a source. Ingest goes by its cached copy for up to a minute more. `platformOf` knows each kind. */
export async function updateSource(
  { db, masterKeys: keys }: SourceDeps,
  platformOf: (kind: string) => Platform | undefined,
  target: SourceTarget,
  changes: SourceChanges,
  _act: Act,
): Promise<Result<SourceView, DomainError>> {
  const { name, campaignId, state } = changes;
  if (name !== undefined || campaignId !== undefined || state !== undefined) {
    const ofStorage = await refusedOfStorage(db, target);
    if (ofStorage) return (await readSource(db, target)).ok ? err(ofStorage) : err(notFound("source"));
  }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const known = await readSource(db, target);
    if (!known.ok) return known;
    const platform = platformOf(known.value.kind);
    if (!platform) return err(notFound("source"));
    const values = await valuesOf(db, keys, platform, target.reach, known.value, changes);
    if (!values.ok) return values;
    if (Object.keys(values.value).length === 0) return known;
    const row = await db
      .update(sources)
      .set(values.value)
      // Checked as a whole, so they must be what they were when they were checked.
      .where(and(whereSource(target), sql`${sources.settings} = ${JSON.stringify(known.value.settings)}`))
      .returning(viewColumns)
      .get();
    if (row) return ok(row);
  }
  return err({ kind: "conflict", message: "The source is being changed by others. Try again." });
}

async function valuesOf(
  db: Database,
  keys: MasterKeys,
  platform: Platform,
  reach: Reach,
  known: SourceView,
  changes: SourceChanges,
): Promise<Result<Partial<typeof sources.$inferInsert>, DomainError>> {
  const values: Partial<typeof sources.$inferInsert> = {};
  let settings: SourceSettings | undefined;
  if (changes.settings !== undefined) {
    const merged = Object.entries({ ...known.settings, ...changes.settings }).filter(([, value]) => value !== null);
    const parsed = parseSettings(platform, Object.fromEntries(merged));
    if (!parsed.ok) return parsed;
    settings = values.settings = parsed.value;
    const moved = movedAddress(known.settings, settings);
    if (moved !== undefined && known.hasCredentials && changes.credentials === undefined)
      return err(invalid("credentials", `must be given again with ${moved}: they would be sent to the new address`));
  }
  const problem = await checkSource(db, { organizationId: known.organizationId, reach }, { ...changes, settings });
  if (problem) return err(problem);
  if (changes.name !== undefined) values.name = changes.name.trim();
  if (changes.campaignId !== undefined) values.campaignId = changes.campaignId;
  if (changes.state !== undefined) values.state = changes.state;
  if (changes.credentials === null) values.credentials = null;
  else if (changes.credentials !== undefined) {
    const credentials = parseCredentials(platform, changes.credentials);
    if (!credentials.ok) return credentials;
    values.credentials = await sealCredentials(keys, known.id, credentials.value);
  }
  return ok(values);
}

/**
 * Settings that say where the platform's API is: credentials go there, and may not follow whoever changes them unseen.
 */
function movedAddress(before: SourceSettings, after: SourceSettings): string | undefined {
  const names = Object.keys({ ...before, ...after }).filter((name) => name.endsWith("_url") && name !== "public_url");
  const moved = names.find((name) => before[name] !== after[name]);
  return moved === undefined ? undefined : `settings.${moved}`;
}
