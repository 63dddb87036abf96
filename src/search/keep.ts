import { count } from "drizzle-orm";
import { searchMarks } from "../db/schema";
import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { isMissing, type SearchDeps } from "./find-calls";
import type { IndexDeps } from "./index-calls";
import { addMarks } from "./marked";
import { buildOn, indexIds, indexMarked, readBuild, rebuildSearch, type KeepSearchDeps } from "./marks";

/** Rounds of a sweep, of a hundred calls. D1 takes a thousand statements in an invocation, and a round is some ten. */
const MANY_ROUNDS = 30;

type OptionalSearch<T extends { search: D1Database }> = Omit<T, "search"> & { search: D1Database | null };

/**
 * Brings the index up to date with these calls. What fails is marked for the sweep, so this throws only where the main
 * database does.
 */
export async function keepSearch(deps: OptionalSearch<IndexDeps>, callIds: readonly string[]): Promise<void> {
  const failed = await quietly(deps, (known) => indexIds(known, callIds));
  if (failed) await addMarks(deps.db, callIds);
}

/** Does what failed, then goes on with the calls from before the index. Never throws. */
export async function sweepSearch(deps: OptionalSearch<KeepSearchDeps>): Promise<void> {
  await quietly(deps, async (known) => {
    for (let round = 0; round < MANY_ROUNDS; round += 1) {
      const isMarked = await indexMarked(known, 1);
      if (!isMarked && !(await buildOn(known))) return;
    }
  });
}

/** Gives whether the work failed on a search database that is there. */
async function quietly<T extends { search: D1Database }>(
  deps: OptionalSearch<T>,
  work: (known: T) => Promise<void>,
): Promise<boolean> {
  const { search } = deps;
  if (search === null) return false;
  try {
    await work({ ...deps, search } as T);
    return false;
  } catch (cause) {
    if (isMissing(cause)) return false;
    console.error(JSON.stringify({ event: "search.failed", error: String(cause) }));
    return true;
  }
}

/** `missing`: there is no database, or it has no tables. `building`: calls from before the index are still missing in it. */
export type SearchState = { state: "missing" | "building" | "ready"; indexed: number; waiting: number };

/** The state of the index, for the admin. Counts all of it. */
export async function readSearchState({ db, search }: SearchDeps): Promise<SearchState> {
  const [marks] = await db.select({ waiting: count() }).from(searchMarks);
  const waiting = marks?.waiting ?? 0;
  if (search === null) return { state: "missing", indexed: 0, waiting };
  try {
    const [build, rows] = await Promise.all([
      readBuild(search),
      search.prepare("SELECT count(*) AS indexed FROM search_rows").first<{ indexed: number }>(),
    ]);
    return { state: build?.ended_at ? "ready" : "building", indexed: rows?.indexed ?? 0, waiting };
  } catch (cause) {
    if (isMissing(cause)) return { state: "missing", indexed: 0, waiting };
    throw cause;
  }
}

/** Empties the index and has it built anew. Calls are found again as they are indexed. */
export async function startRebuild({ search }: SearchDeps): Promise<Result<null, DomainError>> {
  const missing = err({ kind: "conflict", message: "There is no search database to be built." } as const);
  if (search === null) return missing;
  try {
    await rebuildSearch(search);
    return ok(null);
  } catch (cause) {
    if (isMissing(cause)) return missing;
    throw cause;
  }
}
