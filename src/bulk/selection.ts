import { listCalls, type CallFilter, type CallPosition } from "../calls";
import type { Database } from "../db/client";
import type { Within } from "../identity";

/** The calls that something is done to: these, or those that a filter finds. */
export type Selection = { ids: readonly string[] } | { filter: CallFilter };

/** Calls in one request. */
export const MAX_SELECTED = 1_000;

/** The next calls, at most `limit`, and where to go on; null at the end. */
export async function nextCalls(
  db: Database,
  within: Within,
  selection: Selection,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<{ ids: readonly string[]; cursor: string | null }> {
  if ("ids" in selection) {
    const start = Number(cursor ?? 0);
    const end = start + limit;
    return { ids: selection.ids.slice(start, end), cursor: end < selection.ids.length ? String(end) : null };
  }
  const after = cursor === null ? {} : { after: positionOf(cursor) };
  const { rows, scannedTo } = await listCalls(db, { ...within, filter: selection.filter, limit, ...after });
  const last = rows.length === limit ? rows.at(-1) : scannedTo;
  return { ids: rows.map(({ id }) => id), cursor: last ? `${last.startedAt}:${last.id}` : null };
}

/** Counts are exact up to this, and look at so many pages of a filter without an index. */
const EXACT = 1_000;
const PAGES = 5;

/** How many calls there are; `more`: not all of them were counted. */
export async function countSelected(
  db: Database,
  within: Within,
  selection: Selection,
): Promise<{ matched: number; more: boolean }> {
  if ("ids" in selection) return { matched: selection.ids.length, more: false };
  let matched = 0;
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const found: Awaited<ReturnType<typeof nextCalls>> = await nextCalls(db, within, selection, {
      cursor,
      limit: EXACT,
    });
    matched += found.ids.length;
    cursor = found.cursor;
    if (cursor === null || matched >= EXACT) break;
  }
  return { matched: Math.min(matched, EXACT), more: cursor !== null || matched > EXACT };
}

function positionOf(cursor: string): CallPosition {
  const colon = cursor.indexOf(":");
  return { startedAt: Number(cursor.slice(0, colon)), id: cursor.slice(colon + 1) };
}
