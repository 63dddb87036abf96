/** Events: their catalog, the statements that record them, and those not drained yet. */
export * from "./action-example";
export * from "./catalog";
export * from "./example-resources";
export * from "./examples";
export * from "./measures";
export * from "./pending";
export * from "./record";
export * from "./scores";
export * from "./snapshots";
export { readEventData, spilledKey, spillLarge, spillPrefix } from "./spill";
export { sweepSpills } from "./sweep-spills";
