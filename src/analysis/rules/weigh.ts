import type { RiskLevel } from "../../events";
import type { RiskClaim } from "../scores/score-set";
import type { Evidence, Judged } from "./judge";
import { sentenceOf } from "./sentence";

/** From where on a call is warned of. */
export const HIGH = 70;
export const CRITICAL = 90;
const MOST = 100;
/** How people sound warns of nobody: what the voice alone bears out stays below. */
export const MOST_BY_VOICE = HIGH - 1;

/** The engine of what rules come to. */
export const RULES_ENGINE = "rules";

export function levelOf(score: number): RiskLevel | null {
  return score >= CRITICAL ? "critical" : score >= HIGH ? "high" : null;
}

/** The points of all rules that hold. */
export function weigh(judgements: readonly Judged[]): number {
  const held = judgements.filter(({ holds }) => holds === true);
  const byVoice = held.filter(({ evidence }) => evidence.every(isOfVoice));
  const points = (rules: readonly Judged[]) => rules.reduce((sum, { weight }) => sum + weight, 0);
  const others = points(held) - points(byVoice);
  return Math.min(MOST, others + Math.min(MOST_BY_VOICE, points(byVoice)));
}

/** Whether it was heard and not said: measures of the sound, and scores that no words bear out. */
function isOfVoice(one: Evidence): boolean {
  return one.kind === "measure" || (one.kind === "score" && !one.words);
}

/** What rules come to, as a claim about the risk of a call; undefined where none of them has weight here. */
export function claimOfRules(judgements: readonly Judged[], at: number): RiskClaim | undefined {
  const score = weigh(judgements);
  if (score === 0) return undefined;
  const held = judgements.filter(({ holds, weight }) => holds === true && weight > 0);
  const evidence = held.flatMap((rule) =>
    rule.evidence.map((one) => `${rule.name} (+${rule.weight}): ${sentenceOf(one)}`),
  );
  return { engine: RULES_ENGINE, version: null, at, score, level: levelOf(score), evidence };
}
