/** Signatures for people: made for a delivery, and checked for a receiver that refuses one. */
export * from "./check-signature";
export * from "./sign-for";
export * from "./sign-now";
export * from "./verify-received";
