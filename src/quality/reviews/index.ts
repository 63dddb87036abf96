export { mayReview } from "./may-review";
export { assignCalls, returnReview, type Choice } from "./assign";
export { changeTasks, CLOSE_REASONS, reopenClosed, type ClosedTask, type CloseReason, type TaskChange } from "./close";
export { completeReviews } from "./complete";
export * from "./hold";
export { hasFound, type ReviewFinding } from "./findings";
export { listReviews, readReview, type ReviewFilter, type ReviewPage, type ReviewPosition, type Viewer } from "./read";
export {
  reviewOf,
  reviewsWithin,
  snapshotReview,
  withheld,
  type ReadReview,
  type ReviewRow,
  type ReviewState,
} from "./rows";
export { peekNext } from "./peek";
export { countWaitingFor, type WaitingFor } from "./waiting-for";
export { takeCall } from "./take-call";
export { LEASE, resumeReview, takeNext, type ReviewDeps, type Taken } from "./take";
