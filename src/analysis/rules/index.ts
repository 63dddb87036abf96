/** What an organization looks for in calls, and what that comes to. */
export {
  MOST_CONDITIONS,
  condition,
  CALL_MEASURES,
  SPEAKER_MEASURES,
  type Condition,
  type RuleContent,
} from "./condition";
export * from "./rules";
export { evidence, type Evidence, type Judged } from "./judge";
export { sentenceOf } from "./sentence";
export { CRITICAL, HIGH, levelOf, MOST_BY_VOICE, RULES_ENGINE } from "./weigh";
export { judgeCall, repeatsOf } from "./judge-call";
export type { Repeats } from "./known";
export { judgeUnheardCall } from "./unheard";
export { MOST_TRIED, tryRule, type Tried, type TriedCall } from "./try-rule";
