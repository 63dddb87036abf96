/** The SQLite storage of one endpoint object. */
export * from "./copies";
export * from "./deliveries";
export * from "./generations";
export * from "./log";
export * from "./migrate";
export * from "./retention";
export * from "./endpoint";
