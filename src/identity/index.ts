/** Organizations, their API keys, and actors. */
export * from "./actor";
export * from "./api-keys";
export * from "./authenticate";
export * from "./key";
export * from "./organizations";
export * from "./presented-keys";
