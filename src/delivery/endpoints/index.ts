/** A subscriber's webhooks: the truth about them, in D1. Whoever writes one pushes its configuration to its object. */
export * from "./create";
export * from "./delete";
export * from "./endpoint";
export * from "./list";
export * from "./read";
export * from "./secret";
export * from "./subscription";
export * from "./update";
