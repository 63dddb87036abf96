import { z } from "@hono/zod-openapi";
import { encodeCursor } from "./cursor";

/** An `id` in the path. */
export const idParam = z.object({ id: z.string().max(200) });

/** A moment in a query or body, read as milliseconds. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .openapi({ type: "string", format: "date-time", example: "2026-08-20T14:00:00Z" });

/** `yes` or `no` in a query. */
export const yesOrNo = z
  .enum(["yes", "no"])
  .transform((text) => text === "yes")
  .openapi({ type: "string", enum: ["yes", "no"] });

/** The schema of a page of things. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().describe("Pass as `cursor` for the next page; null on the last one."),
  });
}

/**
 * A page from rows that were read with a limit one higher than asked, which is how it is known whether more follow.
 * `positionOf` says where the next page goes on.
 */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  positionOf: (row: Row) => Record<string, string | number>,
): { data: View[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map((row) => view(row)),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null,
  };
}

/** A JSON response or request body of an OpenAPI entry. */
export function json<T extends z.ZodType>(schema: T, example?: z.input<T>) {
  return { content: { "application/json": example === undefined ? { schema } : { schema, example } } };
}
