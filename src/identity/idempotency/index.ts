/** Requests that are sent again under one key: carried out once, answered alike. */
export * from "./answer";
export * from "./claim";
export * from "./forget";
export * from "./statements";
