import { z } from "zod";
import { HOUR } from "../../lib/time";
import type { ListedPage } from "../contract";

/**
 * Rows are dated by when their call began, and written when it has ended or later: those since the look before, with an
 * overlap, may miss some. So each hour a look goes all the way back again. What is known costs reads alone.
 */
const DEEP = HOUR;
/** After so many looks in a row that left something, what failed is given up, and what waits is younger than all the way back. */
const MOST_TRIES = 6;

/**
 * Where a list goes on: rows from this moment on. `deep`: when a look last went all the way back. `start`: in the middle of a
 * look, where it began. `tries`: looks in a row that began there and left something.
 */
const place = z.object({
  from: z.number(),
  deep: z.number().default(0),
  start: z.number().optional(),
  tries: z.number().default(0),
});
type Place = z.infer<typeof place>;

/** Where a look begins, or goes on. `back`: how far all the way is, in milliseconds. */
export function beginAt(cursor: string | null, now: number, back: number): Place & { start: number } {
  const known: Place = cursor === null ? { from: now - back, deep: 0, tries: 0 } : place.parse(JSON.parse(cursor));
  if (known.start !== undefined) return { ...known, start: known.start };
  const isDeep = now - known.deep >= DEEP;
  const from = isDeep ? Math.min(known.from, now - back) : known.from;
  return { from, start: from, deep: isDeep ? now : known.deep, tries: known.tries };
}

/** Where the next look begins once this one has seen all rows up to `to`: as usual, and where it left something. */
export function endsAt(
  { start, deep, tries }: Place & { start: number },
  to: number,
  now: number,
  back: number,
): Required<Pick<ListedPage, "resume" | "again">> {
  const again =
    tries < MOST_TRIES ? { from: Math.min(start, now - back), deep, tries: tries + 1 } : { from: now - back, deep };
  return { resume: JSON.stringify({ from: to, deep }), again: JSON.stringify(again) };
}
