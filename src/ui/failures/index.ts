/** What is wrong, in one sentence: the same for the API, pages and letters, in every language. */
export { adviceOn, codeOfReason, sentenceOf, type Failure, type FailureSentence, type Manner } from "./sentence";
export * from "./failures-of";
export { sentenceOfIntegration } from "./integrations";
export * from "./manners";
