import { z } from "@hono/zod-openapi";
import type { ScannedPage } from "../calls";
import { toIso } from "../lib/time";
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

/** The schema of a page of a list whose filters look at call after call, and at so many only. */
export function lookedListOf<T extends z.ZodType>(item: T) {
  return listOf(item).extend({
    scanned_until: z.iso
      .datetime()
      .nullable()
      .describe(
        "When the last call looked at began, where the look ended before the page was full: `next_cursor` goes on from there.",
      ),
  });
}

/** A page of such a list. `positionOf` a call is where the next page goes on after all that hangs on it. */
export function lookedPageOf<Row, View>(
  { rows, scannedTo }: ScannedPage<Row>,
  limit: number,
  view: (row: Row) => View,
  positionOf: (row: Row) => Record<string, string | number>,
  positionOfCall: (call: { startedAt: number; id: string }) => Record<string, string | number>,
) {
  const page = pageOf(rows, limit, view, positionOf);
  return {
    ...page,
    next_cursor: page.next_cursor ?? (scannedTo && encodeCursor(positionOfCall(scannedTo))),
    scanned_until: scannedTo && toIso(scannedTo.startedAt),
  };
}

/** A JSON response or request body of an OpenAPI entry. */
export function json<T extends z.ZodType>(schema: T, example?: z.input<T>) {
  return { content: { "application/json": example === undefined ? { schema } : { schema, example } } };
}
