import type { CampaignSettings, PiiKind, ReviewingSettings, SourceRules } from "../db/schema";

/** What subscribers of `call_ended` can count on where a campaign says nothing else. */
export const PROCESSED_AFTER_MINUTES = 15;

/** What a campaign wants done with a call. Without a campaign nothing is. */
export type CampaignRules = {
  autoAnalyze: boolean;
  /** The engines that hear its recordings beside the built-in one, by name. */
  engines: readonly string[];
  /** What its callers speak, by its code; null: the engine is to find out. */
  language: string | null;
  /** Names and words that engines should know. */
  keyterms: readonly string[];
  /** `eu`: nothing is inferred of what operators feel. */
  policy: "eu" | null;
  /** Whether indicators, which nobody has validated, are made of the measures. */
  indicators: boolean;
  /** Minutes after its end when a call is reported as processed, whatever is still missing. */
  processedAfter: number;
  notifyOnComplete: boolean;
  assignment: { teamName: string; teamId: string | null } | null;
  /** How its calls come to reviewers; null where everybody takes them from the queue. */
  reviewing: ReviewingSettings | null;
  /** What is taken out of its transcripts and recordings; nothing where it is empty. */
  redact: readonly PiiKind[];
  /** Whether the original of a muted recording and its words are kept. */
  keepsOriginals: boolean;
  /** What language models are to say of the whole call, with the topics they may name; null for nothing. */
  about: { topics: readonly string[] } | null;
  /** How many post-call actions are on. */
  actions: number;
};

type Configured = { settings: CampaignSettings };

/**
 * What is done with the calls of a source in a campaign: what is said of the source counts before what is said of all.
 * `ofOrganization`: what the organization takes out of calls, which holds where there is no campaign.
 */
export function rulesOf(
  campaign: Configured | undefined,
  sourceId: string | null,
  ofOrganization: readonly PiiKind[] = [],
): CampaignRules {
  const settings = campaign?.settings;
  const own = ownRules(settings, sourceId);
  const { assignToTeam, teamId = null } = own.assignToTeam === undefined ? (settings ?? {}) : own;
  return {
    autoAnalyze: own.autoAnalyze ?? settings?.autoAnalyze ?? false,
    engines: own.engines ?? settings?.engines ?? [],
    language: settings?.language ?? null,
    keyterms: settings?.keyterms ?? [],
    policy: settings?.policy ?? null,
    indicators: settings?.indicators ?? false,
    processedAfter: settings?.processedAfterMinutes ?? PROCESSED_AFTER_MINUTES,
    notifyOnComplete: own.notifyOnComplete ?? settings?.notifyOnComplete ?? false,
    // None is written as an empty name, since nothing written means the campaign's.
    assignment: assignToTeam === undefined || assignToTeam === "" ? null : { teamName: assignToTeam, teamId },
    reviewing: settings?.reviewing ?? null,
    redact: settings === undefined ? ofOrganization : redactedIn(settings),
    keepsOriginals: settings?.dropOriginals !== true,
    about: settings?.sumUp === true ? { topics: settings.topics ?? [] } : null,
    actions: settings?.actions ?? 0,
  };
}

/** What a campaign takes out of its calls. */
export function redactedIn(settings: CampaignSettings | undefined): readonly PiiKind[] {
  return settings?.redact ?? settings?.redactDefault ?? [];
}

function ownRules(settings: CampaignSettings | undefined, sourceId: string | null): SourceRules {
  const all = settings?.bySource ?? {};
  return sourceId !== null && Object.hasOwn(all, sourceId) ? (all[sourceId] ?? {}) : {};
}

/** The four rules by the names that AuthentiVoice prints. Null: no engine, no team. */
export type Processing = {
  autoAnalyze: boolean;
  transcriptionEngine: string | null;
  assignToTeam: string | null;
  notifyOnComplete: boolean;
};

export type ProcessingView = {
  /** What holds. */
  rules: Processing;
  /** What is said of this source alone; of a campaign, all of it. */
  own: Partial<Processing>;
  /** Engines beyond the first. */
  otherEngines: readonly string[];
  /** Whether there is no team of the name. */
  lacksTeam: boolean;
};

/** The rules of a campaign, or those for one source of it. */
export function processingOf(campaign: Configured, sourceId: string | null): ProcessingView {
  const { autoAnalyze, engines, notifyOnComplete, assignment } = rulesOf(campaign, sourceId);
  const [transcriptionEngine = null, ...otherEngines] = engines;
  const rules = {
    autoAnalyze,
    transcriptionEngine,
    assignToTeam: assignment?.teamName ?? null,
    notifyOnComplete,
  };
  const lacksTeam = assignment !== null && assignment.teamId === null;
  if (sourceId === null) return { rules, own: rules, otherEngines, lacksTeam };
  const said = ownRules(campaign.settings, sourceId);
  const own: Partial<Processing> = {
    ...(said.autoAnalyze !== undefined && { autoAnalyze: said.autoAnalyze }),
    ...(said.engines !== undefined && { transcriptionEngine: said.engines[0] ?? null }),
    ...(said.assignToTeam !== undefined && { assignToTeam: said.assignToTeam || null }),
    ...(said.notifyOnComplete !== undefined && { notifyOnComplete: said.notifyOnComplete }),
  };
  return { rules, own, otherEngines, lacksTeam };
}
