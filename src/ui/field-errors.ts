/** A failed parse of a zod schema as the errors of a form's fields, so that a page and the API refuse alike. */
export function fieldErrorsOf(error: {
  issues: readonly { path: readonly PropertyKey[]; message: string }[];
}): { field: string; message: string }[] {
  return error.issues.map(({ path, message }) => ({ field: path.map(String).join("."), message }));
}
