/** Tasks: the work that a person does on a call. */
export * from "./tasks";
