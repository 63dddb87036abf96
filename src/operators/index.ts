/** The human agents of calls, matched by reference, otherwise by name, and followed through merges. */
export * from "./directory";
export * from "./extension";
export * from "./merge";
export * from "./moves";
export * from "./operators";
export * from "./references";
export * from "./resolve";
