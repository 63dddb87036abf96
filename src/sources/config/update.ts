import { sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import { sources, type SourceSettings } from "../../db/schema";
import { invalid, notFound, type DomainError } from "../../errors";
import { err, ok, type Result } from "../../lib/result";
import { anuraSourceOf } from "./anura-source";
import { checkSource } from "./check";
import { readSource } from "./read";
import { viewColumns, whereSource, type SourceView } from "./view";

/** What may change; what is left out stays. */
export type SourceChanges = {
  name?: string;
  campaignId?: string | null;
  settings?: SourceSettings;
  state?: "active" | "paused";
};

/** Changes a source. Ingest goes by its cached copy for up to a minute more. */
export async function updateSource(
  db: Database,
  target: { organizationId: string; id: string },
  changes: SourceChanges,
): Promise<Result<SourceView, DomainError>> {
  const problem = await checkSource(db, target.organizationId, changes);
  if (problem) return err(problem);
  if (typeof changes.campaignId === "string" && target.id === (await anuraSourceOf(target.organizationId))) {
    return err(invalid("campaign_id", "is not used: each call names its campaign's number"));
  }
  const values: Parameters<ReturnType<typeof db.update<typeof sources>>["set"]>[0] = {};
  if (changes.name !== undefined) values.name = changes.name.trim();
  if (changes.campaignId !== undefined) values.campaignId = changes.campaignId;
  if (changes.state !== undefined) values.state = changes.state;
  // Merged by D1: a setting written by somebody else meanwhile is kept.
  if (changes.settings !== undefined) values.settings = sql`json_patch(settings, ${JSON.stringify(changes.settings)})`;
  if (Object.keys(values).length === 0) return readSource(db, target);
  const row = await db.update(sources).set(values).where(whereSource(target)).returning(viewColumns).get();
  return row ? ok(row) : err(notFound("source"));
}
