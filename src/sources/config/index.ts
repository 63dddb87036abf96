/** The configured sources of an organization. */
export { createSource, type CreatedSource, type NewSource, type SourceDeps } from "./create";
export * from "./delete";
export * from "./guide";
export * from "./load";
export * from "./rotate-secret";
export {
  defaultSourceOf,
  ensureDefaultSource,
  listSources,
  readSource,
  sourceIdsWithin,
  sourcesWithin,
  webhookPathOf,
  type SourceTarget,
  type SourceView,
  operatorChannelOf,
  operatorChannels,
} from "./source";
export { isSampleSource, SAMPLE_SOURCE } from "./sample-source";
export * from "./update";
export { storagesOfSources, type StorageOfSource } from "./storage";
