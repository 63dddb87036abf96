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
} from "./erasures";
export { countCall, type EraseDeps } from "./erase-calls";
export { COUNTED, OTHER_PLACES, PLACES, type Counted, type Counts, type Place } from "./places";
export { LAST_LOOK, workOnErasure, type WorkOnErasureDeps } from "./work-on-erasure";
