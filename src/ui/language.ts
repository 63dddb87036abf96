/** The languages of the pages. `pseudo` is English with accents and 40 % longer: it shows what is not translated. */
export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number] | "pseudo";

/** What chooses the language: what the person chose on this browser, else the first that the browser asks for. */
export function languageOf(chosen: string | undefined, acceptLanguage: string | undefined, pseudo: boolean): Language {
  if (isLanguage(chosen)) return chosen;
  if (chosen === "pseudo" && pseudo) return "pseudo";
  const asked = (acceptLanguage ?? "")
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return { primary: tag.split("-")[0] ?? "", quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality);
  return asked.map(({ primary }) => primary).find(isLanguage) ?? "en";
}

/** As `lang` of a page and for `Intl`. Spanish is the neutral one of Latin America. */
export function localeOf(language: Language): string {
  return language === "es" ? "es-419" : "en";
}

function isLanguage(text: string | undefined): text is (typeof LANGUAGES)[number] {
  return LANGUAGES.some((language) => language === text);
}
