/** Facts: the catalog of what can happen, the statement that records it, and what is still to be told. */
export * from "./catalog";
export * from "./examples";
export * from "./pending";
export * from "./record";
export * from "./snapshots";
export { readEventData, spillLarge, spillPrefix } from "./spill";
export { sweepSpills } from "./sweep-spills";
