import type { Answer, Answers } from "./answers";
import type { Criterion, ScorecardDefinition } from "./shape";

// Which criteria are asked, and which have their answers. No values are imported: the page of a scorecard runs this too.

/** The criteria of a scorecard in their order. */
export function criteriaOf<One extends Criterion>(definition: ScorecardDefinition<One>): One[] {
  return definition.sections.flatMap(({ criteria }) => criteria);
}

/** The criteria that are asked after these answers. One that depends on a criterion that is not asked is not, either. */
export function askedOf(definition: ScorecardDefinition, given: Answers): Set<string> {
  const asked = new Set<string>();
  for (const { id, only_if: condition } of criteriaOf(definition)) {
    const other = condition && given[condition.criterion];
    const isMet =
      condition === undefined ||
      (asked.has(condition.criterion) && !other?.na && condition.is.includes(String(other?.value ?? "")));
    if (isMet) asked.add(id);
  }
  return asked;
}

/** Whether a criterion has its answer. Remarks may stay away. */
export function isAnswered({ kind }: Criterion, given: Answer | undefined): boolean {
  return kind === "text" || (given !== undefined && (given.na || given.value !== null));
}

/** Whether a criterion has a part in the score. */
export function isCounted({ kind, weight: part }: Pick<Criterion, "kind" | "weight">): boolean {
  return kind !== "text" && part > 0;
}
