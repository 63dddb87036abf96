import { numberText, readNumber, type WrittenNumber } from "../lib/written-number";
import type { FieldErrors } from "../ui/components/form";
import type { Language } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { numberWords } from "../ui/strings/numbers";

/** `decimals`: how many it may have; any number of them where nothing is said. */
type Bounds = { least: number; most: number; decimals?: number };

/**
 * The number in a field of a form, as most who write the language do: in Spanish 1.000 is a thousand and 1,5 is one and a
 * half, and 1,000, as its pages have it, may be either. NaN where it is none or may be either of two, so that whatever checks the value refuses it; `unclear` has the
 * sentence for the latter.
 */
export function numberIn(text: string, language: Language): number {
  const written = readIn(text, language);
  return written.kind === "number" ? written.value : Number.NaN;
}

/** What is said at a field whose text may be either of two numbers; undefined for any other text. */
export function unclear(text: string, language: Language): string | undefined {
  const written = readIn(text, language);
  if (written.kind !== "ambiguous") return undefined;
  const { ambiguous } = wordsOf(numberWords, language);
  return ambiguous(text.trim(), numberText(written.thousands), numberText(written.decimals));
}

/** The same for several fields, by their names. */
export function unclearIn(texts: Readonly<Record<string, string>>, language: Language): FieldErrors {
  return Object.entries(texts).flatMap(([field, text]) => {
    const message = unclear(text, language);
    return message === undefined ? [] : [{ field, message }];
  });
}

/** An amount that somebody wrote, as pages of the language write it; or what is wrong with it, `wrong` where it is none. */
export function amountIn(
  text: string,
  language: Language,
  { least, most, decimals }: Bounds,
  wrong: string,
): { value: number } | { message: string } {
  const value = numberIn(text, language);
  const isShort = decimals === undefined || Number(value.toFixed(decimals)) === value;
  if (value >= least && value <= most && isShort) return { value };
  return { message: unclear(text, language) ?? wrong };
}

function readIn(text: string, language: Language): WrittenNumber {
  return readNumber(text, language === "es" ? "," : ".");
}
