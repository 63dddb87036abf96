/** The human agents on the calls: matched by reference, else by name, and through every merge. */
export * from "./directory";
export * from "./find-or-create";
export * from "./fold-name";
export * from "./list";
export * from "./merge";
export * from "./moves";
export * from "./read";
export * from "./references";
export * from "./rename";
export * from "./resolve";
