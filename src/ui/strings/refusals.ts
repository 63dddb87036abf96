import type { DomainError } from "../../errors";
import type { FieldErrors } from "../components/form";
import type { Language } from "../language";

export function refusalText(error: DomainError, _language: Language): string {
  if ("message" in error) return error.message;
  return error.kind === "invalid" ? error.fields.map(({ message }) => message).join(" ") : error.kind;
}

export function fieldErrorsIn(errors: FieldErrors, _language: Language): FieldErrors {
  return errors;
}
