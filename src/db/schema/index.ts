export * from "./audit";
export * from "./calls";
export * from "./campaigns";
export * from "./delivery";
export * from "./events";
export * from "./identity";
export * from "./second-factors";
export * from "./sources";
