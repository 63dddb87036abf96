import { indexCalls, type IndexDeps } from "./index-calls";
import { AT_ONCE, readCalls, readFrom, readMarked, removeMarks, type MarkedPage } from "./marked";

export type KeepSearchDeps = IndexDeps & { random(): number; now(): number };

/** Indexes these calls. */
export async function indexIds(deps: IndexDeps, callIds: readonly string[]): Promise<void> {
  for (let open = [...new Set(callIds)]; open.length > 0;) {
    const { marked, left } = await readCalls(deps.db, open.slice(0, AT_ONCE));
    await indexCalls(deps, marked);
    if (deps.isMarked) await removeMarks(deps.db, marked);
    open = [...left, ...open.slice(AT_ONCE)];
  }
}

/**
 * Indexes what is marked, for at most so many rounds; gives whether more may be marked. Several may do it at once: each
 * begins elsewhere among the marks, and a call indexed twice is indexed once.
 */
export async function indexMarked(deps: KeepSearchDeps, rounds: number): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const page = await readMarked(deps.db, placeOf(deps.random()));
    await indexCalls(deps, page.marked);
    await removeMarks(deps.db, page.marked);
    if (!hasMore(page)) return false;
  }
  return true;
}

/** Indexes calls from before the index, some at a time, in the order of their ids. Gives whether there are more. */
export async function buildOn(deps: KeepSearchDeps): Promise<boolean> {
  const build = await readBuild(deps.search);
  if (!build || build.ended_at !== null) return false;
  const { cursor, number } = build;
  const page = await readFrom(deps.db, cursor);
  const [more, last] = [hasMore(page), page.marked.at(-1)?.callId ?? cursor];
  await indexCalls(deps, page.marked);
  // Another that builds too may be further, and whoever began anew has another number.
  await deps.search
    .prepare("UPDATE search_build SET cursor = ?, ended_at = ? WHERE cursor = ? AND number = ?")
    .bind(last, more ? null : deps.now(), cursor, number)
    .run();
  return more;
}

function hasMore({ marked, left }: MarkedPage): boolean {
  return left.length > 0 || marked.length === AT_ONCE;
}

/** Empties the index and builds it anew, from all calls. */
export async function rebuildSearch(search: D1Database): Promise<void> {
  await search.batch([
    search.prepare("DELETE FROM search_rows"),
    search.prepare("INSERT INTO search_calls (search_calls) VALUES ('delete-all')"),
    search.prepare("UPDATE search_build SET cursor = '', ended_at = NULL, number = number + 1"),
  ]);
}

type Build = { cursor: string; ended_at: number | null; number: number };

export async function readBuild(search: D1Database): Promise<Build | null> {
  return search.prepare("SELECT cursor, ended_at, number FROM search_build WHERE id = 1").first<Build>();
}

/** Ids of calls are digests, so a place among their first letters is one among the marks. */
function placeOf(random: number): string {
  const letters = "0123456789abcdefghjkmnpqrstvwxyz";
  return `call_${letters.charAt(Math.floor(random * letters.length))}`;
}
