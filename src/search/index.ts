/** Calls found by words, numbers, people and tags, in a database of their own that is derived from them. */
export {
  findCalls,
  isMissing,
  NOT_SET_UP as SEARCH_NOT_SET_UP,
  type CallSearch,
  type FoundCalls,
  type SearchDeps,
} from "./find-calls";
export { findOrList, type FindQuery, type FoundBy } from "./find-or-list";
export { MOST_GRADE } from "./grades";
export { indexCalls, removeFromSearch, type IndexDeps } from "./index-calls";
export { keepSearch, readSearchState, startRebuild, sweepSearch, type SearchState } from "./keep";
export type { NumberRange, SearchFilter } from "./query";
export { rowOf } from "./row";
export { firstSaid, markedIn, type Said } from "./said";
export { addMarks } from "./marked";
export { spokenOf, type SpokenText } from "./spoken";
