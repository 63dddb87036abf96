export { assignDue, forgetOldSamples } from "./assign-due";
export * from "./reviewers";
export * from "./rules";
