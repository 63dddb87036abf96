import { and, asc, eq, gt } from "drizzle-orm";
import type { CallPosition } from "../calls";
import type { Database } from "../db/client";
import { jobResults } from "../db/schema";
import type { Within } from "../identity";
import type { Before } from "./verbs";
import { findOrList, type FoundBy, type SearchDeps } from "../search";

/** The calls that something is done to: these, those that a filter finds, or those that a job changed. */
export type Selection = { ids: readonly string[] } | { filter: FoundBy } | { job: string };

/**
 * A selection as the row of a job has it. A filter with what Workers of before do not know is stored under another name:
 * they would leave it out, and act on every call; by this name they fail, and the job waits for a Worker that knows it. What
 * is added to filters from now on needs a name of its own, since those that are here are known already.
 */
export type StoredSelection = Selection | { found: FoundBy } | { ofTeam: FoundBy };

/** A selection as it is stored. */
export function storedOf(selection: Selection): StoredSelection {
  if (!("filter" in selection)) return selection;
  const { filter } = selection;
  const { topic, verdict, teamId } = filter;
  if (teamId !== undefined) return { ofTeam: filter };
  return topic === undefined && verdict === undefined ? selection : { found: filter };
}

/** The selection that was stored, also where it is of before the other name. */
export function selectionOf(stored: StoredSelection): Selection {
  if ("ofTeam" in stored) return { filter: stored.ofTeam };
  return "found" in stored ? { filter: stored.found } : stored;
}

/** Calls in one request. */
export const MAX_SELECTED = 1_000;

/** Calls, where to go on (null at the end) and, of those that a job changed, what they were before. */
type Next = { ids: readonly string[]; cursor: string | null; before?: ReadonlyMap<string, Before> };

/** The next calls, at most `limit`; of a job at most those of a page of it. */
export async function nextCalls(
  deps: SearchDeps,
  within: Within,
  selection: Selection,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<Next> {
  if ("ids" in selection) {
    const start = Number(cursor ?? 0);
    const end = start + limit;
    return { ids: selection.ids.slice(start, end), cursor: end < selection.ids.length ? String(end) : null };
  }
  if ("job" in selection) return nextChanged(deps.db, within.organizationId, selection.job, cursor);
  const after = cursor === null ? {} : { after: positionOf(cursor) };
  const { rows, scannedTo } = await findOrList(deps, within, { filter: selection.filter, limit, ...after });
  const last = rows.length === limit ? rows.at(-1) : scannedTo;
  return { ids: rows.map(({ id }) => id), cursor: last ? `${last.startedAt}:${last.id}` : null };
}

/** What `jobs.ts` keeps of each call. */
type Kept = { id: string; changed?: boolean; before?: Before };

async function nextChanged(db: Database, organizationId: string, jobId: string, cursor: string | null): Promise<Next> {
  const { page } = jobResults;
  const [row] = await db
    .select({ page, results: jobResults.results })
    .from(jobResults)
    .where(
      and(
        eq(jobResults.organizationId, organizationId),
        eq(jobResults.jobId, jobId),
        cursor === null ? undefined : gt(page, Number(cursor)),
      ),
    )
    .orderBy(asc(page))
    .limit(1);
  const changed = ((row?.results ?? []) as Kept[]).filter((one) => one.changed === true);
  const before = changed.flatMap(({ id, before: was }) => (was ? [[id, was] as const] : []));
  return { ids: changed.map(({ id }) => id), cursor: row ? String(row.page) : null, before: new Map(before) };
}

/** Counts are exact up to this, and look at so many pages of a filter without an index. */
const EXACT = 1_000;
const PAGES = 5;

/** How many calls there are; `more`: not all of them were counted. */
export async function countSelected(
  deps: SearchDeps,
  within: Within,
  selection: Selection,
): Promise<{ matched: number; more: boolean }> {
  if ("ids" in selection) return { matched: selection.ids.length, more: false };
  let matched = 0;
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const found: Awaited<ReturnType<typeof nextCalls>> = await nextCalls(deps, within, selection, {
      cursor,
      // One more says whether there are more.
      limit: EXACT + 1,
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
