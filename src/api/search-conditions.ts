import { z } from "@hono/zod-openapi";
import { MOST_GRADE, type FoundBy, type NumberRange } from "../search";
import { wholeNumber } from "./whole-number";

const SCORE = /^(.{1,60}?)\s*(>=|<)\s*(\d{1,3}(?:\.\d)?)$/u;
export const MOST_CONDITIONS = 5;

export const condition = z.string().regex(SCORE, "Must be a name, >= or <, and a number from 0 to 999.9: Stress>=20");

/** One condition, or several: the parameter may be given again. */
export const conditions = z
  .union([condition, z.array(condition).max(MOST_CONDITIONS)])
  .transform((given) => [given].flat())
  .openapi({
    type: "array",
    items: { type: "string", pattern: SCORE.source },
    maxItems: MOST_CONDITIONS,
    description:
      "A condition on a score of any channel, `name>=number` or `name<number` with one decimal at most; names in any case. Given again, all must hold.",
    example: ["Stress>=20"],
  });

export const risk = wholeNumber({ min: 0, max: 100 });

/** What risk and scores are asked for, as the index takes it. */
export function gradedBy({
  least,
  most,
  scores,
}: {
  least?: number | undefined;
  most?: number | undefined;
  scores?: readonly string[] | undefined;
}): Pick<FoundBy, "risk" | "scores"> {
  return {
    ...(least === undefined && most === undefined ? {} : { risk: riskRange(least, most) }),
    ...(scores === undefined ? {} : { scores: scores.map(scoreRange) }),
  };
}

/** Risk is a whole number, so that what is at most 70 is below 71. */
function riskRange(from: number | undefined, most: number | undefined): NumberRange {
  return { ...(from === undefined ? {} : { from }), ...(most === undefined ? {} : { below: most + 1 }) };
}

function scoreRange(text: string): NumberRange & { name: string } {
  const [, name = "", sign, figure] = SCORE.exec(text) ?? [];
  return sign === "<" ? { name, below: Number(figure) } : { name, from: Number(figure), below: MOST_GRADE };
}
