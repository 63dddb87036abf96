/** What one endpoint object keeps in its SQLite. */
export * from "./copies";
export * from "./deliveries";
export * from "./generations";
export * from "./log";
export * from "./migrate";
export * from "./retention";
export * from "./standing";
