/** Tasks: the work that a person does on a call. */
export * from "./create-task";
export * from "./list-tasks";
export * from "./read-task";
export * from "./snapshot";
