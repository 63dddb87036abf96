import { z } from "@hono/zod-openapi";
import { fromBase64, toBase64 } from "../lib/hmac";
import { wholeNumber } from "./whole-number";

// A cursor is the position where the last page ended, as base64url of JSON, with the positions of the pages before it and
// the order of the list. One from before the order was in it is taken in any.
// It grants no access: every query filters by the caller's organization, so a forged one only starts a page elsewhere.
const MAX_LENGTH = 3_000;

export type Position = Record<string, string | number>;

const positionShape = z.record(z.string(), z.union([z.string(), z.number()]));
const cursorShape = z.looseObject({
  before: z.array(positionShape).optional(),
  first: z.literal(true).optional(),
  order: z.string().optional(),
});

/**
 * The cursor of a position. `before` are those of the pages that led to it, without the first, which has none. `order` is
 * that of the list (read-answers.ts adds it to what an operation answers); undefined where it has only one.
 */
export function encodeCursor(position: Position, before: readonly Position[] = [], order?: string): string {
  return encode({ ...position, ...(before.length > 0 && { before }), ...(order !== undefined && { order }) });
}

/** The cursor of the first page, which begins nowhere in any order. */
export const FIRST_PAGE = encode({ first: true });

/** What a cursor says, whatever list it is of; undefined when it says nothing. */
export function readCursor(
  cursor: string,
): { position: Position; before: readonly Position[]; isFirst: boolean; order: string | undefined } | undefined {
  const read = decodeCursor(cursorShape, cursor);
  if (!read) return undefined;
  const { before = [], first, order, ...rest } = read;
  const position = positionShape.safeParse(rest);
  return position.success ? { position: position.data, before, isFirst: first === true, order } : undefined;
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
    limit: wholeNumber({ min: 1, max: 200 }).default(50).openapi({ description: "How many at most.", example: 50 }),
    cursor: z
      .string()
      .transform((cursor, context): T | undefined => {
        if (cursor === FIRST_PAGE) return undefined;
        const decoded = decodeCursor(position, cursor);
        if (decoded !== undefined) return decoded;
        context.addIssue({
          code: "custom",
          message: "is not a cursor of this list; pass next_cursor or prev_cursor unchanged",
        });
        return z.NEVER;
      })
      .optional()
      .openapi({ type: "string", description: "`next_cursor` or `prev_cursor` of a page." }),
  };
}

function encode(value: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
