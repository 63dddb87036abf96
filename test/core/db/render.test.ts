import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
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
  ["an insert", insertRow(recordings, { callId: "call_1", id: "rec_1", slow: false }, sql`${1} = 1`).write],
];

describe("SQL rendered by ourselves", () => {
  it.each(PIECES)("is what drizzle renders: %s", (_, piece) => {
    const { sql: text, params } = dialect.sqlToQuery(piece);
    expect(renderSql(piece)).toEqual({ text, params });
  });
});
