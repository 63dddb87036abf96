import { answers, criteriaOf, type Answers, type ScorecardDefinition } from "../../quality";
import type { Fields } from "../forms";
import { NOT_APPLICABLE } from "../scorecards/choices";

/** The answers of a form; what it has of no criterion is left out. */
export function answersIn(definition: ScorecardDefinition, { text }: Pick<Fields, "text">): Answers {
  const given = criteriaOf(definition).flatMap(({ id, kind }) => {
    const value = text(`a.${id}`).trim();
    const comment = text(`c.${id}`).trim().slice(0, 2_000);
    const at = text(`t.${id}`);
    const reason = text(`r.${id}`).trim().slice(0, 2_000);
    if (value === "" && comment === "") return [];
    const na = value === NOT_APPLICABLE && kind !== "text";
    const written = kind === "scale" && /^\d{1,4}$/.test(value) ? Number(value) : value.slice(0, 4_000);
    const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(at) && comment !== "" ? Number(at) : null;
    const answered = { value: na || value === "" ? null : written, na, comment, at_seconds: seconds };
    return [[id, { ...answered, ...(reason !== "" && { reason }) }] as const];
  });
  return answers.parse(Object.fromEntries(given));
}
