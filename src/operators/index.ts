/** The human agents on the calls, matched by name. */
export * from "./find-or-create";
export * from "./fold-name";
export * from "./list";
export * from "./read";
export * from "./rename";
