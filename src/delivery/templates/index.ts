/** Custom requests of a subscriber: a body template and headers. */
export { checkTemplate, MAX_TEMPLATE } from "./check";
export type { Problem, Shaped } from "./contract";
export { contentTypeOf, formOf } from "./form";
export { checkHeaders, HIDDEN, maskHeaders, withoutValues } from "./headers";
export { parseTemplate } from "./parse";
export { MAX_RENDERED, renderTemplate, valueAt } from "./render";
