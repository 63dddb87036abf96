import { z } from "zod";
import { LONGEST_MEANING, LONGEST_SCORE_NAME, MOST_SCALE, MOST_SCORES } from "../../../analysis";
import type { OwnScore } from "../../../db/schema";
import type { FieldErrors } from "../../../ui/components/form";
import type { Language } from "../../../ui/language";
import { numberText } from "../../../lib/written-number";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { ownScoreWords } from "../../../ui/strings/own-scores";
import { numberIn, unclear } from "../../amount";
import type { Fields } from "../../forms";

/** One score of the form, as it was written. */
export type ScoreFields = { name: string; meaning: string; min: string; max: string; of: OwnScore["of"] };

export const PARTIES = ["both", "operator", "customer"] as const;

export const BLANK: ScoreFields = { name: "", meaning: "", min: "1", max: "5", of: "both" };

const bound = z.number().min(-MOST_SCALE).max(MOST_SCALE);
const party = z.enum(PARTIES).catch("both");

/** The name of a field of one score. */
export function fieldOf(index: number, name: keyof ScoreFields): string {
  return `${name}-${index}`;
}

/** What was written; of a row without a name and a meaning nothing was. */
export function readScores(form: Fields): ScoreFields[] {
  const rows = Array.from({ length: MOST_SCORES + 1 }, (_, index): ScoreFields => {
    const text = (name: keyof ScoreFields) => form.text(fieldOf(index, name)).trim();
    return {
      name: text("name").slice(0, LONGEST_SCORE_NAME + 1),
      meaning: text("meaning").slice(0, LONGEST_MEANING + 1),
      min: text("min").slice(0, 12),
      max: text("max").slice(0, 12),
      of: party.parse(text("of")),
    };
  });
  return rows.filter(({ name, meaning }) => name !== "" || meaning !== "");
}

export function fieldsOfScores(scores: readonly OwnScore[]): ScoreFields[] {
  return scores.map(({ min, max, ...rest }) => ({ ...rest, min: numberText(min), max: numberText(max) }));
}

/** The scores that may be saved or tried, or what is wrong with the form. */
export function scoresIn(
  rows: readonly ScoreFields[],
  language: Language,
): { scores: OwnScore[] } | { errors: FieldErrors } {
  const words = wordsOf(ownScoreWords, language);
  const names = rows.map(({ name }) => name.toLowerCase());
  const errors = rows.flatMap(({ name, meaning, min, max }, index) => {
    const [least, most] = [bound.safeParse(numberIn(min, language)), bound.safeParse(numberIn(max, language))];
    const wrong = [
      ["name", name !== "" && name.length <= LONGEST_SCORE_NAME, words.nameWrong],
      ["name", names.indexOf(name.toLowerCase()) === index, words.nameTwice],
      ["meaning", meaning !== "" && meaning.length <= LONGEST_MEANING, words.meaningWrong],
      [
        "max",
        least.success && most.success && least.data < most.data,
        unclear(min, language) ?? unclear(max, language) ?? words.scaleWrong,
      ],
    ] as const;
    return wrong.flatMap(([field, isRight, message]) => (isRight ? [] : [{ field: fieldOf(index, field), message }]));
  });
  if (rows.length > MOST_SCORES) errors.push({ field: fieldOf(MOST_SCORES, "name"), message: words.tooMany });
  if (errors.length > 0) return { errors };
  const scores = rows.map(({ min, max, ...rest }) => ({
    ...rest,
    min: numberIn(min, language),
    max: numberIn(max, language),
  }));
  return { scores };
}

/** A score as one line, for what somebody else changed. */
export function lineOf({ name, meaning, min, max, of }: ScoreFields, words: Words<typeof ownScoreWords>): string {
  return `${name} (${min}–${max}, ${words[of]}): ${meaning}`;
}
