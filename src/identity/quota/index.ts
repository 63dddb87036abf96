/** How many requests an organization may send in an hour, and how isolates share them. */
export * from "./lease";
export * from "./share";
export * from "./read";
