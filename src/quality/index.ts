/** Scorecards, which say how a call is judged, and tasks: the work that a person does on a call. */
export * from "./scorecards";
export * from "./alerts";
export * from "./alerts-of-calls";
export * from "./alert-pages";
export * from "./assign-to-team";
export * from "./change-alerts";
export * from "./tasks";
export { countOverdue, type OverdueCount } from "./open-tasks";
export * from "./prefill";
export * from "./reviews";
export * from "./consensus";
export * from "./comments";
export * from "./assignment";
export * from "./service-levels";
export * from "./verdicts";
