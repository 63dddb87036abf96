/** The shape a subscriber gives to its requests: a body template, and headers of its own. */
export { checkTemplate, MAX_TEMPLATE } from "./check";
export type { Problem, Shaped } from "./contract";
export { contentTypeOf, formOf } from "./form";
export { checkHeaders, maskHeaders } from "./headers";
export { parseTemplate } from "./parse";
export { MAX_RENDERED, renderTemplate, valueAt } from "./render";
