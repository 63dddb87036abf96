import { defineStrings } from "./define";

/** What is said of numbers that people write in forms. */
export const numberWords = defineStrings({
  en: {
    ambiguous: (text: string, thousands: string, decimals: string) =>
      `“${text}” may be a thousand or a decimal: write ${thousands} or ${decimals}.`,
  },
  es: {
    ambiguous: (text: string, thousands: string, decimals: string) =>
      `«${text}» puede ser miles o un decimal: escriba ${thousands} o ${decimals}.`,
  },
});
