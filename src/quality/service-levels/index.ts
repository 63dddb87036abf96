export { deadlineOf, isTimeZone } from "./hours";
export * from "./policies";
export * from "./violations";
