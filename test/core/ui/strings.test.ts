import { describe, expect, it } from "vitest";
import { frame } from "../../../src/ui/strings/frame";
import { GLOSSARY, OTHER_WORDS } from "../../../src/ui/strings/glossary";
import { pseudo, wordsOf } from "../../../src/ui/strings/define";

type Entry = string | ((...values: unknown[]) => string);
type Area = { en: Record<string, Entry>; es: Record<string, Entry> };

const files = import.meta.glob("../../../src/ui/strings/*.ts", { eager: true });
const areas = Object.values(files)
  .flatMap((file) => Object.values(file as Record<string, unknown>))
  .filter((value): value is Area => typeof value === "object" && value !== null && "en" in value && "es" in value);

const textOf = (entry: Entry | undefined, value: string | number) =>
  typeof entry === "function" ? entry(value, value, value, value) : (entry ?? "");

const pairs = areas.flatMap(({ en, es }) =>
  Object.entries(en).flatMap(([name, entry]) =>
    [1, 2].map((value) => [name, textOf(entry, value), textOf(es[name], value)] as const),
  ),
);

/** Words that are the same in both languages: names, and what Spanish took over. */
const SAME =
  /^(Webhooks?|API|Local|Id|CSV|URL|Bot|No|Total|Trunkline|Roles|Tokens|Deepgram|OneDrive|Neotel|China \(21Vianet\)|\d+ min)$/;

describe("strings", () => {
  it("there are some areas, and each says the same in both languages", () => {
    expect(areas.length).toBeGreaterThanOrEqual(2);
    for (const { en, es } of areas) expect(Object.keys(es).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  it("every Spanish string is another than the English one, and neither is empty", () => {
    for (const [name, english, spanish] of pairs) {
      expect(english.trim(), name).not.toBe("");
      expect(spanish.trim(), name).not.toBe("");
      if (/[a-z]{3}/i.test(english) && !SAME.test(english)) expect(spanish, name).not.toBe(english);
    }
  });

  it("none has marks that are for programs and for text of the API", () => {
    expect(pairs.filter(([, english, spanish]) => english.includes("`") || spanish.includes("`"))).toEqual([]);
    const failures = import.meta.glob("../../../src/ui/failures/*.ts", { eager: true });
    const explanations = Object.values(failures)
      .flatMap((file) => Object.values(file as Record<string, unknown>))
      .filter((value) => typeof value === "object" && value !== null && "en" in value && "es" in value);
    expect(explanations.length).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(explanations)).not.toContain("`");
  });

  it("every word of the glossary is its one translation", () => {
    for (const [name, english, spanish] of pairs)
      for (const [word, translation] of GLOSSARY)
        if (word.test(english)) expect(spanish, `${name}: ${english}`).toMatch(translation);
  });

  it("no Spanish text, of pages, letters, refusals or failures, has another word for the same", () => {
    const written = import.meta.glob<string>(["../../../src/ui/strings/*.ts", "../../../src/ui/failures/*.ts"], {
      query: "?raw",
      import: "default",
      eager: true,
    });
    for (const [path, text] of Object.entries(written).filter(([one]) => !one.endsWith("/glossary.ts")))
      for (const [word, instead] of OTHER_WORDS) expect(word.exec(text)?.[0], `${path}: ${instead}`).toBeUndefined();
  });

  it("no failure tells who reads a page or a letter to ask the API", () => {
    const written = import.meta.glob<string>("../../../src/ui/failures/*.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    });
    expect(Object.keys(written).length).toBeGreaterThanOrEqual(6);
    for (const [path, text] of Object.entries(written))
      expect(text, path).not.toMatch(/\b(GET|POST|PUT|PATCH|DELETE) \/|\/v1\//);
  });

  it("the pseudo-language is longer and marks what comes from the dictionary", () => {
    expect(wordsOf(frame, "pseudo").home).toBe(pseudo("Home"));
    expect(wordsOf(frame, "pseudo").times("UTC").length).toBeGreaterThanOrEqual(
      Math.ceil("Times are in UTC".length * 1.4),
    );
  });
});
