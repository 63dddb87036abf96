import { z } from "@hono/zod-openapi";
import type { ScannedPage } from "../calls";
import { toIso } from "../lib/time";
import { encodeCursor } from "./cursor";

/** An `id` in the path. */
export const idParam = z.object({ id: z.string().max(200) });

/** What `trace_id` is, wherever it stands. */
export const TRACE =
  "The trace of the call: the same in the inbound log, the timeline, and the log and `traceparent` header of each delivery.";

/** A time in a query or body, converted to milliseconds. */
export const moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .openapi({ type: "string", format: "date-time", example: "2026-08-20T14:00:00Z" });

/** `true` or `false` in a query. `yes` and `no`, which were the words once, are read too. */
export const yesOrNo = z
  .enum(["true", "false", "yes", "no"])
  .transform((text) => text === "true" || text === "yes")
  .openapi({ type: "boolean" });

/** The schema of a page. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().describe("Pass as `cursor` for the next page; null on the last one."),
    // Filled in for every list at once (read-answers.ts).
    prev_cursor: z
      .string()
      .nullable()
      .optional()
      .describe("Pass as `cursor` for the page before; null on the first one. From far on it leads to the first."),
  });
}

/** A list that is answered whole has one page. */
export function wholeOf<View>(data: View[]): { data: View[]; next_cursor: null } {
  return { data, next_cursor: null };
}

/**
 * A page from rows that were read with one more than `limit`, to know whether more follow. `positionOf` gives the
 * position of the next page.
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

/** The schema of a page of a list that scans a limited number of calls. */
export function scannedListOf<T extends z.ZodType>(item: T) {
  return listOf(item).extend({
    scanned_until: z.iso
      .datetime()
      .nullable()
      .describe(
        "When the last call scanned began, if the scan stopped before the page was full: `next_cursor` continues from there.",
      ),
  });
}

/** A page of such a list. `positionOf` a call is the position after all records of that call. */
export function scannedPageOf<Row, View>(
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
