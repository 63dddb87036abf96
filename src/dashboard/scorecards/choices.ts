import type { Criterion } from "../../quality";

/** What "does not apply" is called in forms and in the addresses of pages. */
export const NOT_APPLICABLE = "-";

/** The answers of a criterion that one chooses from, each with its words; none where the answer is written. */
export function choicesOf(
  words: { yes: string; no: string; notApply: string },
  { kind, max = 0, options = [], na_allowed: mayNot }: Criterion,
): (readonly [string, string])[] {
  const choices: (readonly [string, string])[] =
    kind === "yes_no"
      ? [
          ["yes", words.yes],
          ["no", words.no],
        ]
      : kind === "scale"
        ? Array.from({ length: max + 1 }, (_, points) => [String(points), String(points)] as const)
        : options.map(({ id, label }) => [id, label] as const);
  return mayNot ? [...choices, [NOT_APPLICABLE, words.notApply] as const] : choices;
}
