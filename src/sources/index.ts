/**
 * Configured places where platforms push to an organization: their rows, the inbound log, health, uploads, comparisons.
 */
export * from "./ask-platform";
export * from "./call-ids";
export * from "./config";
export * from "./health";
export * from "./inbound";
export * from "./look-up";
export * from "./reconcile";
export * from "./uploads";
