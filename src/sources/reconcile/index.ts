/** Comparing a platform's own list of calls with ours: the work, and what it found. */
export * from "./forget";
export * from "./list";
export * from "./open";
export { OVERLAP, type ReconciliationRow } from "./reconciliation";
export * from "./work";
export { COMPARISONS_AT_ONCE, openDueComparisons, reconcile, type PullDeps } from "./reconcile";
