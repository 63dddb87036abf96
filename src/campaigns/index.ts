/** Campaigns: what calls are grouped by, and whether their recordings are analysed. */
export * from "./create";
export * from "./find-by-number";
export * from "./list";
export * from "./read";
export * from "./update";
