import type { AnalysisRow } from "./analyses";
import { isMeasuring } from "./earlier-measures";
import { runsOf, type EngineRun } from "./engine-run";
import { isRedaction } from "./redaction/runs-of-redaction";
import { claimOfRules, RULES_ENGINE } from "./rules/weigh";
import { aboutWithoutWords } from "./scores/about-call";
import { readScoreSets } from "./scores/kept-scores";
import { keptRiskOf, type KeptRisk, type ScoreSet } from "./scores/score-set";

/** What an analysis keeps once a part of it has run out, and the objects that go with that part. */
export type Remainder = {
  set: Partial<Pick<AnalysisRow, "engines" | "scores" | "findings" | "findingsKey" | "risk">>;
  keys: string[];
};

/**
 * An analysis without what was said: its transcripts, the quotes of its scores, which keep figures and reasons, and those of
 * its risk, which keeps figures and rules.
 */
export async function withoutWords(bucket: R2Bucket, row: AnalysisRow): Promise<Remainder> {
  const isOfWords = (run: EngineRun) => !isRedaction(run) && !isMeasuring(run);
  const keys = runsOf(row)
    .filter((run) => !isMeasuring(run))
    .flatMap(({ findingsKey, originalKey }) => [findingsKey ?? [], originalKey ?? []].flat());
  // Long scores are beside the transcripts: without their quotes they fit into the row.
  const sets = row.scores === null ? null : (await readScoreSets(bucket, row)).map(withoutQuotes);
  const risk = row.risk === null ? null : riskWithoutWords(keptRiskOf(row));
  return { set: { engines: emptied(row, isOfWords), scores: sets, risk }, keys };
}

/** An analysis without what was found: measures, scores and risk. Its transcripts stay. */
export function withoutFindings(row: AnalysisRow): Remainder {
  const isOfScores = (run: EngineRun) => run.kind === "scores" && !isRedaction(run);
  const ofScores = runsOf(row).filter(isOfScores);
  return {
    set: { engines: emptied(row, isOfScores), scores: null, findings: null, findingsKey: null, risk: null },
    keys: [...ofScores.map(({ findingsKey }) => findingsKey), row.findingsKey].flatMap((key) => key ?? []),
  };
}

/** What is muted in a recording is no word, and is needed as long as there is a recording. */
function emptied(row: AnalysisRow, isOf: (run: EngineRun) => boolean): unknown {
  const runs = runsOf(row).map((run) =>
    isOf(run) ? { ...run, findings: null, findingsKey: null, originalKey: null } : run,
  );
  return runs.length === 0 ? null : runs;
}

function withoutQuotes(set: ScoreSet): ScoreSet {
  const channels = set.channels.map((channel) => ({
    ...channel,
    scores: channel.scores.map((said) => {
      const { quote: _, ...score } = said;
      return score;
    }),
  }));
  return { ...set, channels, ...(set.about && { about: aboutWithoutWords(set.about) }) };
}

/** What rules look for is their own words, and stays. What a platform names as evidence may be a quote, so it goes. */
function riskWithoutWords({ claims, reviews, judged }: KeptRisk): KeptRisk {
  const bare = judged.map((rule) => ({
    ...rule,
    evidence: rule.evidence.map((one) => (one.kind === "phrase" ? { ...one, quote: "" } : one)),
  }));
  return {
    claims: claims.map((claim) => {
      const evidence = claim.engine === RULES_ENGINE ? claimOfRules(bare, claim.at)?.evidence : [];
      return { ...claim, evidence: evidence ?? [] };
    }),
    reviews,
    judged: bare,
  };
}
