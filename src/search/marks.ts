import { asc, gt, sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { calls, searchMarks } from "../db/schema";
import { indexCalls, type IndexDeps } from "./index-calls";

export type KeepSearchDeps = IndexDeps & { random(): number; now(): number };

/** Calls indexed at once. */
const AT_ONCE = 100;
/** Calls of one turn that are marked because they are from before the index. */
const BUILT_AT_ONCE = 500;

type Mark = typeof searchMarks.$inferSelect;

/**
 * Indexes what changed, for at most so many rounds; gives whether more is marked. Several may do it at once: each begins
 * elsewhere among the marks, and a call indexed twice is indexed once.
 */
export async function indexMarked(deps: KeepSearchDeps, rounds: number): Promise<boolean> {
  for (let round = 0; round < rounds; round += 1) {
    const marks = await readMarks(deps.db, placeOf(deps.random()));
    if (marks.length === 0) return false;
    await indexCalls(
      deps,
      marks.map(({ callId }) => callId),
    );
    await removeMarks(deps.db, marks);
  }
  return true;
}

/** Marks calls from before the index, some at a time, in the order of their ids. Gives whether there are more. */
export async function buildOn(deps: KeepSearchDeps): Promise<boolean> {
  const build = await readBuild(deps.search);
  if (!build || build.ended_at !== null) return false;
  const { cursor } = build;
  const next = await deps.db
    .select({ id: calls.id })
    .from(calls)
    .where(gt(calls.id, cursor))
    .orderBy(asc(calls.id))
    .limit(BUILT_AT_ONCE);
  const ids = JSON.stringify(next.map(({ id }) => id));
  await deps.db.run(sql`INSERT INTO ${searchMarks} (call_id, changes)
    SELECT value, 1 FROM json_each(${ids}) WHERE TRUE ON CONFLICT DO UPDATE SET changes = changes + 1`);
  const last = next.at(-1);
  // Another that builds too may be further; and who starts anew puts the cursor back.
  await deps.search
    .prepare("UPDATE search_build SET cursor = ?, ended_at = ? WHERE cursor = ?")
    .bind(last?.id ?? cursor, last ? null : deps.now(), cursor)
    .run();
  return last !== undefined;
}

/** Empties the index and builds it anew, from all calls. */
export async function rebuildSearch(search: D1Database): Promise<void> {
  await search.batch([
    search.prepare("DELETE FROM search_rows"),
    search.prepare("INSERT INTO search_calls (search_calls) VALUES ('delete-all')"),
    search.prepare("UPDATE search_build SET cursor = '', ended_at = NULL"),
  ]);
}

type Build = { cursor: string; ended_at: number | null };

export async function readBuild(search: D1Database): Promise<Build | null> {
  return search.prepare("SELECT cursor, ended_at FROM search_build WHERE id = 1").first<Build>();
}

/** Ids of calls are digests, so a place among their first letters is one among the marks. */
function placeOf(random: number): string {
  const letters = "0123456789abcdefghjkmnpqrstvwxyz";
  return `call_${letters.charAt(Math.floor(random * letters.length))}`;
}

async function readMarks(db: Database, from: string): Promise<Mark[]> {
  const [after, before] = await db.batch([
    db.select().from(searchMarks).where(gt(searchMarks.callId, from)).orderBy(asc(searchMarks.callId)).limit(AT_ONCE),
    db.select().from(searchMarks).orderBy(asc(searchMarks.callId)).limit(AT_ONCE),
  ]);
  const marks = new Map([...after, ...before].map((mark) => [mark.callId, mark]));
  return [...marks.values()].slice(0, AT_ONCE);
}

/** A call that changed again meanwhile keeps its mark. */
async function removeMarks(db: Database, marks: readonly Mark[]): Promise<void> {
  const seen = JSON.stringify(marks.map(({ callId, changes }) => [callId, changes]));
  await runBatch(db, [
    db.run(sql`DELETE FROM ${searchMarks} WHERE (call_id, changes) IN
      (SELECT value ->> 0, value ->> 1 FROM json_each(${seen}))`),
  ]);
}
