/** What is erased, kept, or held: a call and everything of it. */
export {
  beginErasure,
  eraseCall,
  freeErasures,
  listErasures,
  nudgeOpenErasures,
  readErasure,
  type BeginDeps,
  type ErasureRow,
  UNDER_HOLD,
} from "./erasures";
export { countCaller, eraseCaller, type CallerCount } from "./erase-caller";
export {
  HOLD_LIMITS,
  isCallHeld,
  liftHold,
  listHolds,
  placeHold,
  readHold,
  type HoldKind,
  type HoldRow,
  type NewHold,
} from "./holds";
export { countCall, eraseCalls, type EraseDeps } from "./erase-calls";
export { COUNTED, OTHER_PLACES, PLACES, type Counted, type Counts, type Place } from "./places";
export { LAST_LOOK, workOnErasure, type WorkOnErasureDeps } from "./work-on-erasure";
export { CLOCKS, clocksOf, MOST_DAYS, nextNight, type Clock, type Clocks } from "./clocks";
export { followClocks, type RetentionDeps } from "./passes";
export { countExpiring, type Expiring } from "./preview";
export {
  checkClocks,
  clocksFor,
  readRetention,
  setRetention,
  startPasses,
  type Retention,
  type RetentionTarget,
} from "./retention-rules";
