/** Asking a platform about one call whose notices say too little. */
export * from "./work";
export { LOOK_UPS_AT_ONCE, lookUpCalls } from "./look-up";
