export { deadlineOf } from "./hours";
export * from "./policies";
export * from "./violations";
