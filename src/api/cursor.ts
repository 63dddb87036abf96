import { z } from "@hono/zod-openapi";
import { fromBase64, toBase64 } from "../lib/hmac";

// A cursor is the position where the last page ended, as base64url of JSON. It grants no access: every query filters by
// the caller's organization, so a forged one only starts a page elsewhere.
const MAX_LENGTH = 600;

/** The cursor of a position. */
export function encodeCursor(position: Record<string, string | number>): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The position of a cursor; undefined when it is not a valid one. */
export function decodeCursor<T>(position: z.ZodType<T>, cursor: string): T | undefined {
  const bytes = cursor.length > MAX_LENGTH ? undefined : fromBase64(cursor);
  if (!bytes) return undefined;
  try {
    const decoded: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    return position.safeParse(decoded).data;
  } catch {
    return undefined;
  }
}

/** The query parameters of every list: `limit`, and a `cursor` with a position of this shape. */
export function pageQuery<T>(position: z.ZodType<T>) {
  return {
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(200)
      .default(50)
      .openapi({ description: "How many at most.", example: 50 }),
    cursor: z
      .string()
      .transform((cursor, context): T => {
        const decoded = decodeCursor(position, cursor);
        if (decoded !== undefined) return decoded;
        context.addIssue({ code: "custom", message: "is not a cursor of this list; pass next_cursor unchanged" });
        return z.NEVER;
      })
      .optional()
      .openapi({ type: "string", description: "`next_cursor` of the page before." }),
  };
}
