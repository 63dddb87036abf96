import type { DomainError } from "../../errors";
import type { FieldErrors } from "../../ui/components/form";
import type { Language } from "../../ui/language";
import { fieldErrorsIn, refusalText } from "../../ui/strings/refusals";

/** What a verb refused, beside its fields; what is about no field stands beside `elsewhere`. */
export function refusedFields(error: DomainError, language: Language, elsewhere: string): FieldErrors {
  if (error.kind === "invalid") return fieldErrorsIn(error.fields, language);
  return [{ field: elsewhere, message: refusalText(error, language) }];
}
