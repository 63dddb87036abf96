import type { SearchedBy } from "../analysis";
import type { CallRow } from "../calls";
import type { Database } from "../db/client";
import type { Marked } from "./marked";
import { gradeTokens, RISK, scoreKind } from "./grades";
import { rowOf, TRIES } from "./row";
import { spokenOf, wordsByCall } from "./spoken";
import { backwards, idToken, tagToken, topicToken } from "./tokens";

export type IndexDeps = {
  db: Database;
  search: D1Database;
  /** Calls to be indexed are marked in any case, so their marks go with it. */
  isMarked?: boolean;
  foundBy?(calls: readonly CallRow[]): Promise<SearchedBy>;
};

/** One call of the index: its place, and what it is found by. */
type Entry = { row: number; callId: string; startedAt: number; stamp: number; columns: readonly string[] };

const NOTHING: SearchedBy = { spoken: [], scores: [], topics: [] };

/** Topics of one call that are indexed. */
const MOST_TOPICS = 50;

/** Scores of one call that are indexed: fifteen names on four channels are sixty. */
const MOST_SCORES = 200;

/** Bytes of one batch. D1 takes 2 MB in a parameter. */
const MOST_BYTES = 700_000;

/**
 * Brings the index up to date with these calls; those that are there no more are taken out. Whoever comes late with an
 * older state of a call changes nothing.
 */
export async function indexCalls(deps: IndexDeps, marked: readonly Marked[]): Promise<void> {
  const known = marked.flatMap(({ call, stamp }) => (call === null ? [] : [{ call, stamp }]));
  const rows = known.map(({ call }) => call);
  const { spoken, scores, topics } = rows.length > 0 && deps.foundBy ? await deps.foundBy(rows) : NOTHING;
  const words = wordsByCall([...spokenOf(rows), ...spoken]);
  const graded = Map.groupBy(scores, ({ callId }) => callId);
  const named = Map.groupBy(topics, ({ callId }) => callId);
  const entries = known.map(({ call, stamp }) => {
    const found = { scores: graded.get(call.id) ?? [], topics: named.get(call.id) ?? [] };
    return entryOf(call, stamp, words.get(call.id) ?? "", found);
  });
  // A UTF-16 unit is three bytes of UTF-8 at most.
  const bytesOf = ({ columns }: Entry) => columns.reduce((sum, column) => sum + column.length * 3, 0);
  for (const page of inPages(entries, MOST_BYTES, bytesOf)) await writeEntries(deps.search, page);
  await removeFromSearch(
    deps.search,
    marked.filter(({ call }) => call === null).map(({ callId }) => callId),
  );
}

/** Takes calls out of the index. Nothing of them is there once this has returned. */
export async function removeFromSearch(search: D1Database, callIds: readonly string[]): Promise<void> {
  if (callIds.length === 0) return;
  const ids = JSON.stringify(callIds);
  await search.batch([
    search
      .prepare(
        `DELETE FROM search_calls WHERE rowid IN
          (SELECT row FROM search_rows WHERE call_id IN (SELECT value FROM json_each(?)))`,
      )
      .bind(ids),
    search.prepare("DELETE FROM search_rows WHERE call_id IN (SELECT value FROM json_each(?))").bind(ids),
  ]);
}

function entryOf(
  call: CallRow,
  stamp: number,
  words: string,
  { scores, topics }: Pick<SearchedBy, "scores" | "topics">,
): Entry {
  const { id, organizationId, campaignId, operatorId, state, direction, tags } = call;
  const scope = [
    idToken(organizationId),
    ...(campaignId === null ? [] : [idToken(campaignId)]),
    ...(operatorId === null ? [] : [idToken(operatorId)]),
    `state${idToken(state)}`,
    ...(direction === null ? [] : [`direction${direction}`]),
    ...tags.map(tagToken),
    ...new Set(topics.slice(0, MOST_TOPICS).map(({ name }) => topicToken(name))),
    ...new Set(scores.slice(0, MOST_SCORES).flatMap(gradesOf)),
  ];
  const columns = [scope.join(" "), numbersOf(call), operatorOf(call), tags.join("\n"), words];
  return { row: rowOf(call.startedAt, id), callId: id, startedAt: call.startedAt, stamp, columns };
}

function gradesOf({ name, value }: SearchedBy["scores"][number]): string[] {
  return gradeTokens(name === null ? RISK : scoreKind(name), value);
}

function numbersOf({ fromRaw, fromE164, toRaw, toE164 }: CallRow): string {
  const written = [fromRaw, fromE164, toRaw, toE164].filter((one) => one !== null);
  const texts = written.filter((one) => /\p{L}/u.test(one));
  return [...new Set([...written.map(backwards), ...texts])].filter((one) => one !== "").join(" ");
}

function operatorOf({ operatorName, operatorReference }: CallRow): string {
  return [operatorName, operatorReference].filter((one) => one !== null).join(" ");
}

const COLUMNS = ["scope", "number", "operator", "tags", "words"];

/** A call whose place another one has takes the next, and is written again. */
async function writeEntries(search: D1Database, entries: readonly Entry[]): Promise<void> {
  let open = entries;
  for (let attempt = 1; open.length > 0 && attempt <= TRIES; attempt += 1) {
    const homeless = await writeOnce(search, open);
    open = open
      .filter(({ callId }) => homeless.has(callId))
      .map((entry) => ({ ...entry, row: rowOf(entry.startedAt, entry.callId, attempt) }));
  }
  for (const { callId } of open) console.error(JSON.stringify({ event: "search.no_place", call_id: callId }));
}

/** Writes the entries unless the index has later ones; gives the calls for which there was no place. */
async function writeOnce(search: D1Database, entries: readonly Entry[]): Promise<Set<string>> {
  const names = JSON.stringify(entries.map(({ row, callId, stamp }) => [row, callId, stamp]));
  const given = JSON.stringify(entries.map(({ callId, stamp, columns }) => [callId, stamp, ...columns]));
  // CROSS JOIN keeps the order: else each row of the index may be looked for in the JSON, which grows with the index.
  const isOlder = `SELECT seen.row FROM json_each(?) AS given CROSS JOIN search_rows AS seen
    ON seen.call_id = given.value ->> 1 AND seen.stamp <= given.value ->> 2`;
  const results = await search.batch<{ call_id: string }>([
    search.prepare(`DELETE FROM search_calls WHERE rowid IN (${isOlder})`).bind(names),
    search.prepare(`DELETE FROM search_rows WHERE row IN (${isOlder})`).bind(names),
    search
      .prepare(
        `INSERT OR IGNORE INTO search_rows (row, call_id, stamp)
          SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
      )
      .bind(names),
    search
      .prepare(
        `INSERT INTO search_calls (rowid, ${COLUMNS.join(", ")})
          SELECT seen.row, ${COLUMNS.map((_, at) => `given.value ->> ${at + 2}`).join(", ")}
          FROM json_each(?) AS given CROSS JOIN search_rows AS seen
            ON seen.call_id = given.value ->> 0 AND seen.stamp = given.value ->> 1`,
      )
      .bind(given),
    search
      .prepare(
        `SELECT value ->> 1 AS call_id FROM json_each(?)
          WHERE NOT EXISTS (SELECT 1 FROM search_rows WHERE call_id = value ->> 1)`,
      )
      .bind(names),
  ]);
  return new Set(results.at(-1)?.results.map(({ call_id: id }) => id));
}

/** The items in pages of so much together, one at least. */
function* inPages<T>(items: readonly T[], most: number, sizeOf: (item: T) => number): Generator<T[]> {
  let page: T[] = [];
  let sum = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (page.length > 0 && sum + size > most) {
      yield page;
      [page, sum] = [[], 0];
    }
    page.push(item);
    sum += size;
  }
  if (page.length > 0) yield page;
}
