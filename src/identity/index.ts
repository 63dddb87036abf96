/** Who may ask: organizations and the keys that speak for them. */
export * from "./api-keys/authenticate";
export * from "./api-keys/create";
export * from "./api-keys/find";
export * from "./api-keys/key";
export * from "./api-keys/list";
export * from "./api-keys/revoke";
export * from "./organizations/create";
