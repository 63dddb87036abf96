import type { SQL } from "drizzle-orm";
import { readCallHeads, readCallLines, type CallHead, type CallLine, type CallPosition, type Marks } from "../calls";
import type { Database } from "../db/client";
import type { DomainError } from "../errors";
import type { Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { matchOf, type SearchFilter } from "./query";
import { SECOND } from "../lib/time";
import { momentOf, rowOf, secondAt } from "./row";

export type SearchDeps = { db: Database; search: D1Database | null };

export type CallSearch = Within & {
  filter: SearchFilter;
  /** What the index does not know: looked up of the calls that it finds, so a page may be short. */
  marked?: Marks;
  /** Else it must be true of them, by the columns of `calls`. */
  also?: SQL | undefined;
  /** Milliseconds; from is included, to is not. */
  from?: number;
  to?: number;
  limit: number;
  /** Where the page before ended: a place, or a call. */
  after?: number | CallPosition;
};

/**
 * `next` is where the next page begins and `last` the call before it, both null at the end. `complete`: no call from
 * before the index is missing in it.
 */
export type FoundCalls<Call = CallHead> = {
  calls: Call[];
  next: number | null;
  last: CallPosition | null;
  complete: boolean;
};

export const NOT_SET_UP: DomainError = {
  kind: "conflict",
  message: "Search is not set up: this deployment has no search database yet (docs/operate/search.md).",
};

/**
 * The calls within reach that are found, newest first. The index knows rights; the calls themselves are asked for again,
 * so that one that was moved a moment ago is not shown to who may not see it any more.
 */
export function findCalls(deps: SearchDeps, query: CallSearch): Promise<Result<FoundCalls, DomainError>> {
  return findWith(deps, query, readCallHeads);
}

/** The same, of each call what a line of a list shows. */
export function findCallLines(deps: SearchDeps, query: CallSearch): Promise<Result<FoundCalls<CallLine>, DomainError>> {
  return findWith(deps, query, readCallLines);
}

async function findWith<Call extends CallLine>(
  { db, search }: SearchDeps,
  query: CallSearch,
  read: (db: Database, query: Parameters<typeof readCallHeads>[1]) => Promise<Call[]>,
): Promise<Result<FoundCalls<Call>, DomainError>> {
  if (search === null) return err(NOT_SET_UP);
  const { organizationId, reach, filter, limit } = query;
  const match = matchOf(query, filter);
  if (match === undefined) return ok({ calls: [], next: null, last: null, complete: true });
  const answer = await ask(search, match, query);
  if (!answer) return err(NOT_SET_UP);
  const page = answer.rows.slice(0, limit);
  const end = answer.rows.length > limit ? page.at(-1) : undefined;
  const ids = page.map(({ call_id: id }) => id);
  const known =
    ids.length === 0 ? [] : await read(db, { organizationId, reach, ids, also: query.also, ...query.marked });
  const byId = new Map(known.map((call) => [call.id, call]));
  const calls = ids
    .map((id) => byId.get(id))
    .filter((call): call is Call => call !== undefined && isWithin(query, call));
  const last = end ? { startedAt: momentOf(end.row), id: end.call_id } : null;
  return ok({ calls, next: end?.row ?? null, last, complete: answer.complete });
}

function isWithin({ from = -Infinity, to = Infinity }: CallSearch, { startedAt }: CallLine): boolean {
  return startedAt >= from && startedAt < to;
}

type Row = { row: number; call_id: string };

/** Undefined where the database has no such tables yet. */
async function ask(
  search: D1Database,
  match: string,
  { from, to, limit, after }: CallSearch,
): Promise<{ rows: Row[]; complete: boolean } | undefined> {
  const bounds: { sql: string; values: (string | number)[] }[] = [];
  // A call may have any place of its second, so whole seconds are asked for (`isWithin` does the rest).
  if (from !== undefined) bounds.push({ sql: "AND found.rowid >= ?", values: [secondAt(from)] });
  if (to !== undefined) bounds.push({ sql: "AND found.rowid < ?", values: [secondAt(to + SECOND - 1)] });
  if (typeof after === "number") bounds.push({ sql: "AND found.rowid < ?", values: [after] });
  else if (after)
    bounds.push({
      sql: "AND found.rowid < coalesce((SELECT row FROM search_rows WHERE call_id = ?), ?)",
      values: [after.id, rowOf(after.startedAt, after.id)],
    });
  const rows = search
    .prepare(
      `SELECT found.rowid AS row, (SELECT call_id FROM search_rows WHERE row = found.rowid) AS call_id
        FROM search_calls AS found WHERE search_calls MATCH ? ${bounds.map(({ sql }) => sql).join(" ")}
        ORDER BY found.rowid DESC LIMIT ${limit + 1}`,
    )
    .bind(match, ...bounds.flatMap(({ values }) => values));
  try {
    const [found, build] = await search.batch([rows, search.prepare("SELECT ended_at FROM search_build")]);
    const [{ ended_at: endedAt = null } = {}] = (build?.results ?? []) as { ended_at?: number | null }[];
    return { rows: (found?.results ?? []) as Row[], complete: endedAt !== null };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

/** Whether a failure says that the database was made, and its tables were not. */
export function isMissing(cause: unknown): boolean {
  return /no such table: search_/.test(String(cause));
}
