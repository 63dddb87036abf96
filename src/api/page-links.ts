import { readCursor, encodeCursor, FIRST_PAGE, type Position } from "./cursor";

/** A list as its operation answers it, before its links are complete. */
type Page = { data: unknown[]; next_cursor: string | null };

// A cursor is part of a URL. What does not fit is forgotten from the oldest on.
const LONGEST = 2_000;

/**
 * The page with links in both directions. A cursor remembers where the pages before it began, so that no list has to be
 * read backwards: `prev_cursor` leads to the page from which somebody came, and from too far on to the first one.
 * `order`: that of the list, which its cursors keep; undefined where it has only one.
 */
export function linkPages<T extends Page>(
  page: T,
  cursor: string | undefined,
  order: string | undefined,
): T & { prev_cursor: string | null } {
  const asked = cursor === undefined ? undefined : readCursor(cursor);
  const here = asked?.isFirst === true ? undefined : asked;
  const next = page.next_cursor === null ? undefined : readCursor(page.next_cursor);
  const before = here ? [...here.before, here.position] : [];
  return {
    ...page,
    next_cursor: next ? cursorOf(next.position, before, order) : page.next_cursor,
    prev_cursor: here ? cursorOf(here.before.at(-1), here.before.slice(0, -1), order) : null,
  };
}

function cursorOf(position: Position | undefined, before: readonly Position[], order: string | undefined): string {
  if (position === undefined) return FIRST_PAGE;
  const cursor = encodeCursor(position, before, order);
  return cursor.length > LONGEST && before.length > 0 ? cursorOf(position, before.slice(1), order) : cursor;
}
