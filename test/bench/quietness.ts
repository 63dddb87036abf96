import { percent, type Cell } from "./table.ts";

/**
 * Repetitions of one measurement that are farther apart than this were disturbed: what is compared with them is worth
 * no more than they are.
 */
const QUIET = 0.25;

/** Whether the machine was quiet while something was repeated with these spreads. One repetition shows nothing. */
export function quietnessOf(spreads: readonly number[]): "quiet" | "busy" | "unknown" {
  const known = spreads.filter((spread) => !Number.isNaN(spread));
  if (known.length === 0) return "unknown";
  return Math.max(...known) <= QUIET ? "quiet" : "busy";
}

/** A row under a table: how far the repetitions of its yardstick are apart, figure by figure. Undefined leaves a cell empty. */
export function spreadRow(yardstick: string, spreads: readonly (number | undefined)[]): Cell[] {
  const known = spreads.filter((spread) => spread !== undefined);
  const cells = Array.from(spreads, (spread) => (spread === undefined ? "" : percent(spread)));
  return [`spread of ${yardstick}: machine ${quietnessOf(known)}`, ...cells];
}

/** So many empty cells. */
export function blank(cells: number): undefined[] {
  return Array.from({ length: cells }, () => undefined);
}
