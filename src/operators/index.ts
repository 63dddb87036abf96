/** The human agents on the calls: matched by reference, else by name, and through every merge. */
export * from "./directory";
export * from "./fold-name";
export * from "./merge";
export * from "./moves";
export * from "./operators";
export * from "./references";
export * from "./resolve";
