/** A failed parse of a zod schema as the errors of a form's fields, so that a page and the API refuse alike. */
export { fieldErrorsOf } from "../lib/field-issues";
