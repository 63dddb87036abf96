import type { Refusal } from "./refusals-of-actions";

/** What is wrong with a value whatever it is of, as REFUSALS: the sentences that `field-issues.ts` makes. */
export const REFUSALS_OF_VALUES: readonly Refusal[] = [
  ["must be a number", "debe ser un número"],
  ["must be a whole number", "debe ser un número entero"],
  ["must be at least {}", "debe ser {} como mínimo"],
  ["must be at most {}", "debe ser {} como máximo"],
  ["must be more than {}", "debe ser más de {}"],
  ["must be less than {}", "debe ser menos de {}"],
  ["must be a multiple of {}", "debe ser un múltiplo de {}"],
  ["must not be empty", "no puede quedar sin texto"],
  ["must have at least {} characters", "debe tener {} caracteres como mínimo"],
  ["must have at most {} characters", "debe tener {} caracteres como máximo"],
  ["must have at least {} items", "debe tener {} elementos como mínimo"],
  ["must have at most {} items", "debe tener {} elementos como máximo"],
  ["must have at least {} entries", "debe tener {} entradas como mínimo"],
  ["must have at most {} entries", "debe tener {} entradas como máximo"],
  ["must be an email address", "debe ser una dirección de correo"],
  ["must be a URL", "debe ser una URL"],
  ["must be a date, such as {}", "debe ser una fecha, como {}"],
  ["must be JSON", "debe ser JSON"],
  ["name somebody, or have webhooks told", "elija al menos a una persona, o que se avise a los webhooks"],
];
