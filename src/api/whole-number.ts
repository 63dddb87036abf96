import { z } from "@hono/zod-openapi";

const DIGITS = /^[+-]?\d{1,15}$/;

/** A whole number in a query or path, in decimal digits: `0x10`, `1e2` and nothing at all are none. */
export function wholeNumber({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}) {
  return z
    .string()
    .transform((text) => (DIGITS.test(text) ? Number(text) : Number.NaN))
    .pipe(z.int().min(min).max(max))
    .openapi({
      type: "integer",
      ...(min > Number.MIN_SAFE_INTEGER && { minimum: min }),
      ...(max < Number.MAX_SAFE_INTEGER && { maximum: max }),
    });
}
