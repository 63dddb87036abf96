import { count } from "drizzle-orm";
import { searchMarks } from "../db/schema";
import type { DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { isMissing, type SearchDeps } from "./find-calls";
import { buildOn, indexMarked, readBuild, rebuildSearch, type KeepSearchDeps } from "./marks";

/** Rounds after a batch of messages: what the batch itself changed, and what a burst before left. */
const ROUNDS = 5;
/** Rounds of a sweep. */
const MANY_ROUNDS = 30;

type OptionalSearch = Omit<KeepSearchDeps, "search"> & { search: D1Database | null };

/**
 * Brings the index up to date after a batch of messages. It never fails what it follows: what is left the next batch does,
 * or the sweep.
 */
export async function keepSearch(deps: OptionalSearch): Promise<void> {
  await quietly(deps, (known) => indexMarked(known, ROUNDS));
}

/** The same for the sweep, which also goes on with the calls from before the index. */
export async function sweepSearch(deps: OptionalSearch): Promise<void> {
  await quietly(deps, async (known) => {
    for (let round = 0; round < MANY_ROUNDS; round += ROUNDS) {
      const isMarked = await indexMarked(known, ROUNDS);
      if (!isMarked && !(await buildOn(known))) return;
    }
  });
}

async function quietly(deps: OptionalSearch, work: (known: KeepSearchDeps) => Promise<unknown>): Promise<void> {
  const { search } = deps;
  if (search === null) return;
  try {
    await work({ ...deps, search });
  } catch (cause) {
    if (isMissing(cause)) return;
    console.error(JSON.stringify({ event: "search.failed", error: String(cause) }));
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
