/** The configured sources of an organization. */
export * from "./anura-source";
export * from "./create";
export * from "./delete";
export * from "./list";
export * from "./load";
export * from "./read";
export * from "./rotate-secret";
export * from "./update";
export type { SourceView } from "./view";
