/** The inbox of each person: what happened that they may want to know of. */
export { kindsFor, type Audience } from "./audience";
export * from "./causes";
export * from "./colleagues";
export * from "./digest";
export * from "./inbox";
export * from "./notify";
export * from "./preferences";
