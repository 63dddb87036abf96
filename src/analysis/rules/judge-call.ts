import type { CallRow } from "../../calls";
import type { Database } from "../../db/client";
import type { AnalysisRow } from "../analyses";
import { keptRiskOf, type KeptRisk } from "../scores/score-set";
import { judge } from "./judge";
import { countRepeats, knownOfWholeCall, type KnownDeps, type Repeats } from "./known";
import type { RuleRow } from "./rules";
import { isFor } from "./try-rule";
import { claimOfRules, RULES_ENGINE } from "./weigh";

/**
 * The risk of an analysis with what rules find in it now, in place of what they found before; null where there is
 * nothing to keep.
 */
export function judgeCall(
  deps: KnownDeps,
  { analysis, ...heard }: { call: CallRow; analysis: AnalysisRow; operatorChannel: number | null },
  rules: readonly RuleRow[],
  at: number,
): Promise<KeptRisk | null> {
  return judgeWholeCall(deps, { ...heard, analyses: [analysis] }, keptRiskOf(analysis), rules, at);
}

/** The same of a call with all its analyses, of which it may have none. `kept`: what was found before. */
export async function judgeWholeCall(
  deps: KnownDeps,
  heard: { call: CallRow; analyses: readonly AnalysisRow[]; operatorChannel: number | null },
  kept: KeptRisk,
  rules: readonly RuleRow[],
  at: number,
): Promise<KeptRisk | null> {
  const claims = kept.claims.filter(({ engine }) => engine !== RULES_ENGINE);
  const meant = rules.filter((rule) => isFor(rule, heard.call.campaignId));
  const known = meant.length === 0 ? undefined : await knownOfWholeCall(deps, heard, meant);
  const judgements = known ? meant.map((rule) => judge(rule, known)) : [];
  const claim = claimOfRules(judgements, at);
  const risk = {
    claims: claim ? [...claims, claim] : claims,
    reviews: kept.reviews,
    // What does not hold is not worth a row's bytes, but for the steps of a script.
    judged: judgements.filter(({ holds, script }) => holds === true || script !== null),
  };
  return risk.claims.length + risk.reviews.length + risk.judged.length === 0 ? null : risk;
}

/** What repeats these rules ask for, of several calls in one query. `rules`: those of the call's organization. */
export function repeatsOf(
  db: Database,
  calls: readonly { call: CallRow; rules: readonly RuleRow[] }[],
): Promise<Repeats> {
  const asked = calls.map(({ call, rules }) => ({
    call,
    conditions: rules.filter((rule) => isFor(rule, call.campaignId)).flatMap(({ conditions }) => conditions),
  }));
  return countRepeats(db, asked);
}
