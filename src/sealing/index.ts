/** Which master keys sealed values need, and sealing them anew with the newest. */
export * from "./key-versions";
export * from "./reseal";
export * from "./state";
