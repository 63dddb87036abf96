import type { ReviewingSettings } from "../../db/schema";

// Who is given a call. Pure: what happened before is handed in, and nothing is left to chance.

/** Somebody who may be given the call. */
export type Candidate = { id: string; expertise: readonly string[] };

export type Past = {
  /** The number of the last turn of each; nobody's is 0. */
  turns: Readonly<Record<string, number>>;
  /** Open tasks that each has. */
  loads: ReadonlyMap<string, number>;
};

/**
 * The one of the candidates who is given a call, null where there is none. Of those who are equal by the rule it is who
 * waits longest for a turn, then who stands first: so the turn goes round whoever joins, leaves, or is away for a while.
 */
export function chooseReviewer(
  rule: NonNullable<ReviewingSettings["assign"]>,
  candidates: readonly Candidate[],
  known: ReadonlySet<string>,
  { turns, loads }: Past,
): string | null {
  const keys = candidates.map(({ id, expertise }) => {
    const matches = rule === "expertise" ? expertise.filter((word) => known.has(word)).length : 0;
    const load = rule === "round_robin" ? 0 : (loads.get(id) ?? 0);
    return { id, order: [-matches, load, turns[id] ?? 0] };
  });
  const [first] = keys.toSorted((one, other) => compare(one.order, other.order));
  return first?.id ?? null;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [at, value] of one.entries()) {
    const difference = value - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
