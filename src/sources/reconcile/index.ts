/** Comparing a platform's own list of calls with ours: the work, and what it found. */
export * from "./open";
export { COMPARISONS_AT_ONCE, openDueComparisons, reconcile, type PullDeps } from "./reconcile";
export * from "./reconciliation";
export * from "./work";
