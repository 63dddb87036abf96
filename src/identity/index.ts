/** Organizations, their API keys, and actors. */
export * from "./actor";
export * from "./api-keys";
export * from "./audit";
export * from "./authenticate";
export * from "./caller";
export * from "./key";
export * from "./key-use";
export * from "./organizations";
export * from "./permissions";
export * from "./presented-keys";
export * from "./rights";
export * from "./rotate";
export * from "./tokens";
export * from "./try-token";
export * from "./second-factors";
