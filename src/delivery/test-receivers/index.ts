/** Test receivers: addresses of our own that show what arrives, with what is to be said of its signature. */
export * from "./receive";
export * from "./receiver";
