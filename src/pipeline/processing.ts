import { DEFAULT_ENGINE, engineNames, runsOf, type OfferedEngines } from "../analysis";
import { readCall, taskIdOf } from "../calls";
import {
  processingOf,
  readCampaign,
  setProcessing,
  type CampaignRow,
  type CampaignTarget,
  type Processing,
  type ProcessingView,
} from "../campaigns";
import { readConnector } from "../connectors";
import type { Database } from "../db/client";
import { tasks } from "../db/schema";
import { invalid, notFound, type DomainError } from "../errors";
import { findTeam, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { listSources, readSource } from "../sources";
import { and, eq } from "drizzle-orm";
import { readCallFile } from "./consequences";

type Deps = { db: Database; offeredEngines: OfferedEngines };

/** What about the rules has no effect yet. */
export type ProcessingWarning = "unknown_team" | "unknown_engine";

export type ProcessingReport = ProcessingView & { warnings: ProcessingWarning[] };

/** The rules of a campaign and of the sources that have their own in it. */
export type CampaignProcessing = ProcessingReport & {
  campaign: CampaignRow;
  sources: (ProcessingReport & { id: string; name: string })[];
};

export async function readProcessing(
  deps: Deps,
  target: CampaignTarget,
): Promise<Result<CampaignProcessing, DomainError>> {
  const found = await readCampaign(deps.db, target);
  return found.ok ? ok(await report(deps, target, found.value)) : found;
}

async function report(deps: Deps, within: Within, campaign: CampaignRow): Promise<CampaignProcessing> {
  const { organizationId, reach } = within;
  const ids = Object.keys(campaign.settings.bySource ?? {});
  const [engines, rows] = await Promise.all([
    engineNames(deps.db, deps.offeredEngines, organizationId),
    ids.length === 0 ? [] : listSources(deps.db, { organizationId, reach, ids, limit: ids.length }),
  ]);
  const of = (sourceId: string | null) => withWarnings(processingOf(campaign, sourceId), engines);
  const sources = rows.map(({ id, name }) => ({ id, name, ...of(id) }));
  return { campaign, ...of(null), sources };
}

function withWarnings(view: ProcessingView, engines: readonly string[]): ProcessingReport {
  const engine = view.rules.transcriptionEngine;
  return {
    ...view,
    warnings: [
      ...(view.lacksTeam ? (["unknown_team"] as const) : []),
      ...(engine !== null && !engines.includes(engine) ? (["unknown_engine"] as const) : []),
    ],
  };
}

/**
 * Replaces the rules of a campaign, or of one source of it, which is named by its own id or by its connector's. A team
 * need not be there yet, nor an engine: rules are often pasted before either is set up. Both are told of as warnings.
 */
export async function writeProcessing(
  deps: Deps,
  target: CampaignTarget,
  { source, rules }: { source: string | null; rules: Partial<Processing> },
  act: Act,
): Promise<Result<CampaignProcessing, DomainError>> {
  const sourceId = await sourceOf(deps.db, target, source);
  if (!sourceId.ok) return sourceId;
  const written = await setProcessing(deps, target, { sourceId: sourceId.value, rules }, act);
  return written.ok ? ok(await report(deps, target, written.value)) : written;
}

async function sourceOf(
  db: Database,
  { organizationId, reach }: Within,
  named: string | null,
): Promise<Result<string | null, DomainError>> {
  if (named === null) return ok(null);
  const target = { organizationId, reach, id: named };
  const connector = named.startsWith("con_") ? await readConnector(db, target) : undefined;
  if (connector?.ok) return ok(connector.value.sourceId);
  const source = await readSource(db, target);
  return source.ok ? ok(source.value.id) : err(invalid("source_id", "names no source of this organization"));
}

/** What rules would do with a call that is there, beside what was done with it. */
export type TriedProcessing = {
  callId: string;
  rules: Processing;
  /** Whose rule each is. */
  decidedBy: Record<keyof Processing, "given" | "source" | "campaign">;
  warnings: ProcessingWarning[];
  would: {
    analyse: boolean;
    /** Why it would not be analysed, or its task not be made. */
    because: "rule" | "no_recording" | "unassigned" | null;
    engines: string[];
    teamId: string | null;
    notify: boolean;
  };
  was: { analysed: boolean; engines: string[]; teamId: string | null };
};

/** Tries rules on a call: those that hold for it in the campaign, with what is given in their place. Writes nothing. */
export async function tryProcessing(
  deps: Deps,
  target: CampaignTarget,
  { callId, rules: given }: { callId: string; rules: Partial<Processing> },
): Promise<Result<TriedProcessing, DomainError>> {
  const { organizationId, reach } = target;
  const campaign = await readCampaign(deps.db, target);
  if (!campaign.ok) return campaign;
  const call = await readCall(deps.db, { organizationId, reach, id: callId });
  if (!call.ok) return err(notFound("call"));
  const file = await readCallFile(deps.db, callId);
  if (!file) return err(notFound("call"));
  const held = processingOf(campaign.value, file.call.sourceId);
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const rules: Processing = { ...held.rules, ...said };
  const [known, team, task] = await Promise.all([
    engineNames(deps.db, deps.offeredEngines, organizationId),
    rules.assignToTeam === null ? undefined : findTeam(deps.db, organizationId, rules.assignToTeam),
    deps.db
      .select({ teamId: tasks.teamId })
      .from(tasks)
      .where(and(eq(tasks.id, taskIdOf(callId)), eq(tasks.organizationId, organizationId)))
      .get(),
  ]);
  const decidedBy = Object.fromEntries(
    Object.keys(rules).map((name) => [
      name,
      Object.hasOwn(said, name) ? "given" : Object.hasOwn(held.own, name) && isOfSource(held) ? "source" : "campaign",
    ]),
  ) as TriedProcessing["decidedBy"];
  const isKept = file.recordings.some(({ state }) => state === "completed");
  const because = file.call.quarantine !== null ? "unassigned" : !isKept ? "no_recording" : null;
  const analyse = because === null && rules.autoAnalyze;
  const engines = decidedBy.transcriptionEngine === "given" ? [] : held.otherEngines;
  const asked = rules.transcriptionEngine === null ? [] : [rules.transcriptionEngine, ...engines];
  return ok({
    callId,
    rules,
    decidedBy,
    warnings: withWarnings({ ...held, rules, lacksTeam: rules.assignToTeam !== null && !team }, known).warnings,
    would: {
      analyse,
      because: because ?? (analyse ? null : "rule"),
      engines: analyse ? [DEFAULT_ENGINE.name, ...asked] : [],
      teamId: because === null ? (team?.id ?? null) : null,
      notify: rules.notifyOnComplete,
    },
    was: {
      analysed: file.analyses.length > 0,
      engines: [...new Set(file.analyses.flatMap((row) => [row.engine, ...runsOf(row).map(({ engine }) => engine)]))],
      teamId: task?.teamId ?? null,
    },
  });
}

/** A campaign's view says all its rules itself. */
function isOfSource({ own, rules }: ProcessingView): boolean {
  return own !== rules;
}
