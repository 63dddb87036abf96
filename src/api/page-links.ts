import { readCursor, encodeCursor, FIRST_PAGE, type Position } from "./cursor";

/** A list as its operation answers it, before its links are complete. */
type Page = { data: unknown[]; next_cursor: string | null };

// A cursor is part of a URL. What does not fit is forgotten from the oldest on.
const LONGEST = 2_000;

/**
 * The page with links in both directions. A cursor remembers where the pages before it began, so that no list has to be
 * read backwards: `prev_cursor` leads to the page from which somebody came, and from too far on to the first one.
 */
export function linkPages<T extends Page>(page: T, cursor: string | undefined): T & { prev_cursor: string | null } {
  const here = cursor === undefined ? undefined : readCursor(cursor);
  if (here === undefined || here.isFirst) return { ...page, prev_cursor: null };
  const next = page.next_cursor === null ? undefined : readCursor(page.next_cursor);
  return {
    ...page,
    next_cursor: next ? cursorOf(next.position, [...here.before, here.position]) : page.next_cursor,
    prev_cursor: cursorOf(here.before.at(-1), here.before.slice(0, -1)),
  };
}

function cursorOf(position: Position | undefined, before: readonly Position[]): string {
  if (position === undefined) return FIRST_PAGE;
  const cursor = encodeCursor(position, before);
  return cursor.length > LONGEST && before.length > 0 ? cursorOf(position, before.slice(1)) : cursor;
}
