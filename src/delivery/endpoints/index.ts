/** Endpoints as stored in D1. Each function that writes one pushes it to its objects. */
export * from "./company-secret";
export * from "./create";
export * from "./delete";
export * from "./endpoint";
export * from "./limits";
export * from "./list";
export type { EndpointOptions, SettingChanges } from "./options";
export * from "./public-keys";
export * from "./read";
export * from "./reveal-secret";
export * from "./reveals";
export * from "./rotate-secret";
export * from "./secret";
export * from "./subscription";
export * from "./test-event";
export * from "./update";
export * from "./warnings";
