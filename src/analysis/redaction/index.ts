/** What may not be handed on of a call: found in its words, masked in its texts, muted in its recordings. */
export { findPii, FINDER_VERSION, type Finding, type Piece } from "./find";
export { PII_KINDS, piiKind, PLACEHOLDERS, USUAL_KINDS, type PiiKind } from "./kinds";
export {
  maskAnswers,
  maskConversation,
  maskFound,
  maskFragment,
  maskNamed,
  maskQuotes,
  maskText,
  maskValue,
  maskValuesNamed,
} from "./mask";
export { maskTranscript } from "./mask-transcript";
export type { Utterance } from "./tokens";
