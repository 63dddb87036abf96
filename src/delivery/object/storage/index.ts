/** The SQLite storage of one endpoint object. */
export * from "./blocked";
export * from "./copies";
export * from "./days";
export * from "./deliveries";
export * from "./erase";
export * from "./gaps";
export * from "./generations";
export * from "./log";
export * from "./open";
export * from "./outcomes";
export * from "./retention";
export * from "./endpoint";
