/** One act on many calls: at once, or as a job with progress that can be cancelled. */
export { countSelected, MAX_SELECTED, type Selection } from "./selection";
export { ACTIONS, BULK_VERBS, type ActionName, type BulkDeps, type BulkItem, type BulkRequest } from "./verbs";
export { estimateAnalyses, type Estimate } from "./estimate";
export * from "./jobs";
export { startAsJob, startBulk, type Started } from "./start";
export { readUndo, undoJob } from "./undo";
export { forgetOldJobs, freeJobs, nudgeOpenJobs, workOnJob, type WorkOnJobDeps } from "./work-on-job";
