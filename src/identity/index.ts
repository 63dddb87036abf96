/** Who may ask and who does something: organizations, the keys that speak for them, actors. */
export * from "./actor";
export * from "./api-keys";
export * from "./authenticate";
export * from "./key";
export * from "./organizations";
export * from "./presented-keys";
