import { numberText, readNumber } from "../lib/written-number";
import type { Language } from "../ui/language";
import { wordsOf } from "../ui/strings/define";
import { numberWords } from "../ui/strings/numbers";

type Bounds = { least: number; most: number; isWhole?: boolean };

/** An amount that somebody wrote, as pages of the language write it; or what is wrong with it, `wrong` where it is none. */
export function amountIn(
  text: string,
  language: Language,
  { least, most, isWhole = false }: Bounds,
  wrong: string,
): { value: number } | { message: string } {
  const written = readNumber(text, language === "es" ? "," : ".");
  if (written.kind === "ambiguous") {
    const { thousands, decimals } = written;
    const { ambiguous } = wordsOf(numberWords, language);
    return { message: ambiguous(text.trim(), numberText(thousands), numberText(decimals)) };
  }
  if (written.kind === "none") return { message: wrong };
  const { value } = written;
  return value >= least && value <= most && (!isWhole || Number.isInteger(value)) ? { value } : { message: wrong };
}
