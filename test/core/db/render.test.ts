import {
  and,
  asc,
  between,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNull,
  ne,
  notInArray,
  or,
  sql,
  type SQL,
} from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { alias, SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/db/client";
import { renderSql } from "../../../src/db/render";
import { assignments, insertRow } from "../../../src/db/rows";
import { calls, recordings } from "../../../src/db/schema";
import { valueList } from "../../../src/db/value-list";

const dialect = new SQLiteSyncDialect();
const BYTES = new Uint8Array([1, 2, 3]);

const PIECES: [string, SQL][] = [
  ["nothing", sql``],
  ["text alone", sql`SELECT 1`],
  [
    "tables and columns",
    sql`SELECT ${calls.id} FROM ${calls} JOIN ${recordings} ON ${recordings.callId} = ${calls.id}`,
  ],
  ["names", sql`SELECT ${sql.identifier("a")} FROM ${sql.identifier('we"ird'.replace('"', ""))}`],
  ["values of every kind", sql`VALUES (${"a?"}, ${1.5}, ${null}, ${true}, ${BYTES}, ${BYTES.buffer}, ${12n})`],
  ["a value that is absent", sql`SELECT ${undefined}`],
  ["a list", sql`WHERE id IN ${["a", "b"]}`],
  [
    "encoded values",
    sql`${sql.param({ a: [1] }, calls.custom)} ${sql.param(true, recordings.slow)} ${sql.param(null, calls.custom)}`,
  ],
  ["an encoded value that is SQL", sql`${sql.param(sql`json(${"{}"})`, calls.custom)}`],
  ["what conditions are made of", and(eq(calls.id, "call_1"), inArray(calls.state, ["failed", "completed"]))!],
  ["a list of values", sql`WHERE id IN ${valueList(["a", "a", "b"])}`],
  ["nested pieces", sql.join([sql`a = ${1}`, sql`b = ${sql`c + ${2}`}`], sql` AND `)],
  ["raw text", sql.raw("SELECT '?'")],
  ["an alias", sql`SELECT 1 AS ${sql`x`.as("y")}`],
  ["an update", sql`UPDATE ${calls} SET ${assignments(calls, { state: "failed", custom: { a: 1 }, error: null })}`],
  ["lists of lists and of encoded values", sql`${[sql`a`, [1, sql.param({ b: 1 }, calls.custom)], undefined]} ${[]}`],
  ["values in the text", sql`${sql`a = ${1} AND b = ${"it's"}`.inlineParams()} AND c = ${2}`],
  ["a value that comes later", sql`id = ${sql.placeholder("id")} AND ${eq(calls.id, sql.placeholder("other"))}`],
  ["a column of an alias", sql`SELECT ${alias(calls, "other").id} FROM ${alias(calls, "other")}`],
  ["an insert", insertRow(recordings, { callId: "call_1", id: "rec_1", slow: false }, sql`${1} = 1`).write],
];

const db = openDatabase({} as D1Database);
const byDrizzle = drizzle({} as D1Database);

/** What builders make of tables, by our database and by drizzle's own. */
const BUILT: [string, (from: typeof byDrizzle) => { toSQL(): { sql: string; params: unknown[] } }][] = [
  ["a row by its key", (from) => from.select().from(calls).where(eq(calls.id, "call_1")).limit(1).offset(2)],
  [
    "joins and an alias",
    (from) => {
      const other = alias(calls, "other");
      return from
        .select({ id: calls.id, own: sql<number>`${calls.startedAt} + ${1}`.as("own"), recording: recordings.id })
        .from(calls)
        .innerJoin(recordings, eq(recordings.callId, calls.id))
        .leftJoin(other, and(eq(other.id, calls.id), isNull(other.endedAt)))
        .where(or(inArray(calls.state, ["failed", "completed"]), gt(calls.startedAt, 5)))
        .groupBy(calls.id)
        .orderBy(desc(calls.startedAt), asc(calls.id));
    },
  ],
  [
    "a subquery and a head",
    (from) => {
      const few = from.select({ id: calls.id }).from(calls).where(eq(calls.organizationId, "org_1")).limit(3);
      const head = from.$with("head").as(few);
      return from
        .with(head)
        .select({ id: recordings.id })
        .from(recordings)
        .innerJoin(head, eq(head.id, recordings.callId))
        .where(and(inArray(recordings.callId, few), exists(few), notInArray(recordings.id, [])));
    },
  ],
  [
    "an insert with what to do where it is there",
    (from) =>
      from
        .insert(recordings)
        .values([{ callId: "call_1", id: "rec_1", slow: false } as never, { callId: "call_2", id: "rec_2" } as never])
        .onConflictDoUpdate({ target: recordings.id, set: { slow: true }, setWhere: eq(recordings.slow, false) })
        .returning({ id: recordings.id }),
  ],
  [
    "an update",
    (from) =>
      from
        .update(calls)
        .set({ custom: { a: [1] }, error: null })
        .where(ne(calls.id, "call_1")),
  ],
  [
    "a delete",
    (from) =>
      from
        .delete(calls)
        .where(between(calls.startedAt, 1, 2))
        .returning(),
  ],
];

/** The statement with its parameters where they stand: the same for two that ask the same, whatever either binds. */
function filled(text: string, params: readonly unknown[]): string {
  const left = [...params];
  const whole = text.replaceAll(/'(?:[^']|'')*'|\?/g, (piece) => (piece === "?" ? literalOf(left.shift()) : piece));
  expect(left).toEqual([]);
  return whole;
}

function literalOf(value: unknown): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return `bytes(${new Uint8Array(value).join()})`;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

describe("SQL rendered by ourselves", () => {
  it.each(BUILT)("is what drizzle renders of builders: %s", (_, build) => {
    const ours = build(db).toSQL();
    const theirs = build(byDrizzle).toSQL();
    expect(filled(ours.sql, ours.params)).toBe(filled(theirs.sql, theirs.params));
  });

  it.each(PIECES)("is what drizzle renders: %s", (_, piece) => {
    const ours = renderSql(piece);
    const theirs = dialect.sqlToQuery(piece);
    expect(filled(ours.text, ours.params)).toBe(filled(theirs.sql, theirs.params));
  });

  it("has a limit, a word of a column's list and a boolean in its text, for which SQLite would plan anew", () => {
    const few = db.select({ id: calls.id }).from(calls).where(eq(calls.organizationId, "org_1")).limit(3);
    const among = db
      .select({ id: recordings.id })
      .from(recordings)
      .where(and(inArray(recordings.callId, few), eq(recordings.state, "pending"), eq(recordings.slow, true)))
      .limit(5)
      .offset(10);
    const { sql: text, params } = among.toSQL();
    expect(params).toEqual(["org_1", 10]);
    expect(text).toContain("limit 3)");
    expect(text).toContain(`"recordings"."state" = 'pending'`);
    expect(text).toContain(`"recordings"."slow" = 1`);
    expect(text).toMatch(/limit 5 offset \?$/);
    const named = few.as("few");
    expect(db.select({ id: named.id }).from(named).limit(2).toSQL()).toMatchObject({ params: ["org_1"] });
    expect(renderSql(sql`SELECT 1 LIMIT ${7}`)).toEqual({ text: "SELECT 1 LIMIT 7", params: [] });
  });

  it.each([
    ["a word that the column does not list", eq(calls.state, "'; DROP TABLE calls; --" as never)],
    ["a word of a column without a list", eq(calls.id, "completed")],
    ["a number of a column", eq(calls.version, 1)],
    ["a limit that is no count", sql`LIMIT ${-1}`],
    ["a limit that is a fraction", sql`LIMIT ${1.5}`],
    ["a limit that is text", sql`LIMIT ${"5; DELETE FROM calls"}`],
    ["a number after a name that ends alike", sql`speed_limit ${5}`],
  ])("binds %s", (_, piece) => {
    const { text, params } = renderSql(piece);
    expect(params).toHaveLength(1);
    expect(text).toMatch(/\?$/);
  });
});
