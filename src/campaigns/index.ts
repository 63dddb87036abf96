/** Campaigns: what calls are grouped by, and whether their recordings are analysed. */
export * from "./create";
export * from "./list";
export * from "./read";
export * from "./update";
