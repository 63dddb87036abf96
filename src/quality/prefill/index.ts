export { fillIn } from "./fill";
export {
  overridesOf,
  prefillOf,
  PREFILLS,
  shownAnswers,
  withOwn,
  type EngineAnswer,
  type KeptPrefill,
  type Override,
  type Prefill,
} from "./kept";
export { engineLink, type EngineLink } from "./link";
export { forgetPrefills, prefillHasFindings, prefillHasWords, takeWordsFromPrefills } from "./run-out";
