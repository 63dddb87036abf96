/** The configured sources of an organization. */
export { createSource, type CreatedSource, type NewSource, type SourceDeps } from "./create";
export * from "./default-source";
export * from "./delete";
export * from "./list";
export * from "./load";
export * from "./read";
export * from "./rotate-secret";
export * from "./update";
export type { SourceView } from "./view";
export { webhookPathOf } from "./webhook-path";
