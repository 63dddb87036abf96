import { sql } from "drizzle-orm";
import type { Database } from "../db/client";
import type { CampaignSettings, SourceRules } from "../db/schema";
import { campaigns } from "../db/schema";
import type { DomainError } from "../errors";
import type { Act } from "../identity";
import { foldName } from "../lib/fold-name";
import { err, type Result } from "../lib/result";
import {
  readCampaign,
  teamOfKey,
  updateCampaign,
  writeCampaign,
  type CampaignRow,
  type CampaignTarget,
} from "./campaign";
import type { Processing } from "./rules";

/** Sources that a campaign may have rules for: all of them are read with every call of it. */
const MOST_SOURCES = 100;

/** Rules for one source of the campaign, or, where that is null, for all its calls. */
export type ProcessingChange = { sourceId: string | null; rules: Partial<Processing> };

/**
 * Replaces the processing rules of a campaign, or of one source in it. A rule that is left out is the usual one in a
 * campaign (analysed, by the built-in engine alone, no team, nobody notified), and the campaign's for a source.
 */
export async function setProcessing(
  { db }: { db: Database },
  target: CampaignTarget,
  { sourceId, rules }: ProcessingChange,
  act: Act,
): Promise<Result<CampaignRow, DomainError>> {
  const found = await readCampaign(db, target);
  if (!found.ok) return found;
  const { settings } = found.value;
  const { autoAnalyze, transcriptionEngine: engine, assignToTeam, notifyOnComplete } = rules;
  if (sourceId === null) {
    const kept = settings.engines ?? [];
    // Who writes back what they read keeps the engines that this form has no place for.
    const engines = engine === undefined || engine === null ? [] : kept[0] === engine ? kept : [engine];
    const changes = {
      autoAnalyze: autoAnalyze ?? true,
      notifyOnComplete: notifyOnComplete ?? false,
      assignToTeam: assignToTeam ?? null,
      engines,
    };
    return updateCampaign({ db }, target, { settings: changes }, act);
  }
  const own: SourceRules = {
    ...(autoAnalyze !== undefined && { autoAnalyze }),
    ...(engine !== undefined && { engines: engine === null ? [] : [engine] }),
    ...(notifyOnComplete !== undefined && { notifyOnComplete }),
    ...(assignToTeam !== undefined && { assignToTeam: assignToTeam ?? "" }),
    ...(typeof assignToTeam === "string" && { teamKey: foldName(assignToTeam) }),
  };
  const others = Object.keys(settings.bySource ?? {}).filter((id) => id !== sourceId);
  if (Object.keys(own).length > 0 && others.length >= MOST_SOURCES)
    return err({ kind: "conflict", message: `A campaign has rules of their own for at most ${MOST_SOURCES} sources.` });
  return writeCampaign(db, target, { settings: withOwn(target.organizationId, sourceId, own) });
}

/** Settings with the rules of a source, put in by D1: what somebody else writes beside them is kept. */
function withOwn(organizationId: string, sourceId: string, own: SourceRules) {
  const at = `$.bySource.${JSON.stringify(sourceId)}`;
  const kept = sql`json_remove(${campaigns.settings}, ${at})`;
  if (Object.keys(own).length === 0) return sql<CampaignSettings>`${kept}`;
  const teamId = teamOfKey(organizationId, own.teamKey ?? null);
  return sql<CampaignSettings>`json_set(json_patch(${kept}, '{"bySource":{}}'), ${at},
    json(json_patch(${JSON.stringify(own)}, json_object('teamId', ${teamId}))))`;
}
