/** Asking a platform about one call whose notices say too little. */
export * from "./request";
export * from "./work";
export { lookUpCalls } from "./look-up";
