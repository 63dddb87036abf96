/** What is wrong, in one sentence: the same for the API, pages and letters, in every language. */
export {
  adviceOn,
  codeOfReason,
  partsOfReason,
  sentenceOf,
  type Failure,
  type FailureSentence,
  type Manner,
  type ReasonSubject,
} from "./sentence";
export * from "./failures-of";
export { sentenceOfIntegration } from "./integrations";
export * from "./manners";
