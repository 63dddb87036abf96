import type { DomainError } from "../../errors";
import type { FieldErrors } from "../components/form";
import type { Language } from "../language";
import { defineStrings, pseudo, wordsOf, type Words } from "./define";
import { REFUSALS } from "./refusal-list";

/** What is said of a refusal that has no sentence of its own in the language of the page. */
export const refusalWords = defineStrings({
  en: {
    not_found: "It does not exist, or it is not yours to see.",
    conflict: "This does not fit with what is stored now. Reload the page and look.",
    unauthenticated: "That did not prove who you are. Try again.",
    forbidden: "You may not do this.",
    permission_missing: "Your role does not include this.",
    confirmation_required: "Confirm first that it is you.",
    second_factor_required: "This organization requires a second factor. Set one up first.",
    too_many: (minutes: number) => `This was tried too often. Try again in ${minutes} min.`,
    invalid: "is not valid",
    required: "is required",
    too_long: "is too long",
    too_short: "is too short",
    too_big: "is too large",
    too_small: "is too small",
    not_one_of: "is not one of the choices",
    wrong_format: "is not in the form it must have",
    unknown_field: "is not known here",
  },
  es: {
    not_found: "No existe, o usted no puede verlo.",
    conflict: "Esto no concuerda con lo que está guardado ahora. Recargue la página y mire.",
    unauthenticated: "Eso no demostró quién es. Pruebe otra vez.",
    forbidden: "Usted no puede hacer esto.",
    permission_missing: "Su rol no incluye esto.",
    confirmation_required: "Confirme primero que es usted.",
    second_factor_required: "Esta organización exige un segundo factor. Configure uno primero.",
    too_many: (minutes: number) => `Esto se intentó demasiadas veces. Pruebe otra vez en ${minutes} min.`,
    invalid: "no es válido",
    required: "es obligatorio",
    too_long: "es demasiado largo",
    too_short: "es demasiado corto",
    too_big: "es demasiado grande",
    too_small: "es demasiado pequeño",
    not_one_of: "no es una de las opciones",
    wrong_format: "no tiene la forma que debe tener",
    unknown_field: "no se conoce aquí",
  },
});

/** A refusal in the language of a page. There is no other way for one to get onto a page. */
export function refusalText(error: DomainError, language: Language): string {
  const words = wordsOf(refusalWords, language);
  switch (error.kind) {
    case "invalid":
      return fieldErrorsIn(error.fields, language)
        .map(({ message }) => message)
        .join(" ");
    case "too_many":
      return words.too_many(Math.max(1, Math.ceil(error.retryAfter / 60)));
    case "conflict":
    case "unauthenticated":
    case "forbidden":
      return sentenceIn(error.message, language) ?? words[error.kind];
    default:
      return words[error.kind];
  }
}

type Coded = { field: string; message: string; code?: string };

/** What is wrong with the fields of a form, in the language of its page. */
export function fieldErrorsIn(errors: readonly Coded[], language: Language): FieldErrors {
  const words = wordsOf(refusalWords, language);
  return errors.map(({ field, message, code }) => ({
    field,
    message: sentenceIn(message, language) ?? faultOf(code, words),
  }));
}

function faultOf(code: string | undefined, words: Words<typeof refusalWords>): string {
  switch (code) {
    case "required":
    case "too_long":
    case "too_short":
    case "too_big":
    case "too_small":
    case "not_one_of":
    case "wrong_format":
    case "unknown_field":
      return words[code];
    default:
      return words.invalid;
  }
}

const PATTERNS = REFUSALS.map(([english, spanish]) => [patternOf(english), spanish] as const);

/**
 * The sentence as it is in English; in another language undefined where the list has it not. What the API marks as code, pages
 * and letters have in plain words.
 */
export function sentenceIn(message: string, language: Language): string | undefined {
  if (language === "en") return unmarked(message);
  if (language === "pseudo") return pseudo(unmarked(message));
  for (const [pattern, spanish] of PATTERNS) {
    const values = pattern.exec(message)?.slice(1);
    if (values) return unmarked(filled(spanish, values));
  }
  return undefined;
}

function unmarked(text: string): string {
  return text.replaceAll(/`([^`]*)`/g, "$1");
}

/** What may stand before a sentence of ours: a code, a host, a status. */
const BEFORE = /^(?:(?:HTTP \d{3}|[^\s:]+(?::\d+)?): )*$/;

/**
 * What was stored of a failure, in the language of a page: a sentence of ours, also behind the code or the host that it begins
 * with. Undefined for what another system said.
 */
export function detailIn(text: string, language: Language): string | undefined {
  if (language === "en") return unmarked(text);
  for (let at = 0; BEFORE.test(text.slice(0, at));) {
    const own = sentenceIn(text.slice(at), language);
    if (own !== undefined) return text.slice(0, at) + own;
    const next = text.indexOf(": ", at);
    if (next === -1) return undefined;
    at = next + 2;
  }
  return undefined;
}

function patternOf(english: string): RegExp {
  const parts = english.split("{}").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.{1,300}?)")}$`);
}

function filled(text: string, values: readonly string[]): string {
  let next = 0;
  return text.replaceAll(
    /\{(\d?)\}/g,
    (_, number: string) => values[number === "" ? next++ : Number(number) - 1] ?? "",
  );
}
