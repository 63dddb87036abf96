import { rulesAnalysisIdOf, type CallRow } from "../../calls";
import type { AnalysisRow } from "../analyses";
import { unheardAnalysis } from "../scores/platform-findings";
import { keptRiskOf, type KeptRisk } from "../scores/score-set";
import { judgeWholeCall } from "./judge-call";
import type { KnownDeps } from "./known";
import type { RuleRow } from "./rules";
import { RULES_ENGINE } from "./weigh";

/** What the version of an analysis by rules alone is: each rule that holds has a version of its own. */
const VERSION = "1";

/**
 * The analysis of a call by rules alone, of which nobody has a recording here: they look at its numbers, at what its
 * platform sent of words, and at what that found. Undefined where nothing is to be written: no rule holds and none did, or
 * what holds is known already. `analyses`: all of the call.
 */
export async function judgeUnheardCall(
  deps: KnownDeps,
  call: CallRow,
  analyses: readonly AnalysisRow[],
  rules: readonly RuleRow[],
  now: number,
): Promise<AnalysisRow | undefined> {
  const id = rulesAnalysisIdOf(call.id);
  const before = analyses.find((one) => one.id === id);
  if (rules.length === 0 && before === undefined) return undefined;
  const others = analyses.filter((one) => one.id !== id);
  const kept = keptRiskOf(before ?? { risk: null });
  const risk = await judgeWholeCall(deps, { call, analyses: others, operatorChannel: null }, kept, rules, now);
  if (before === undefined ? risk === null || saysNothing(risk) : isSame(keptRiskOf(before), risk)) return undefined;
  const named = { id, engine: RULES_ENGINE, engineVersion: VERSION };
  return { ...(before ?? unheardAnalysis(call, named, now)), risk };
}

/** Steps of scripts alone, of which nothing can be known: a call of which nobody has words. */
function saysNothing({ claims, judged }: KeptRisk): boolean {
  return claims.length === 0 && judged.every(({ holds }) => holds === null);
}

/** Whether the same holds as before, whenever it was found. */
function isSame(before: KeptRisk, after: KeptRisk | null): boolean {
  const timeless = ({ claims, judged }: KeptRisk) => JSON.stringify([claims.map((one) => ({ ...one, at: 0 })), judged]);
  return timeless(before) === timeless(after ?? { claims: [], reviews: [], judged: [] });
}
