import { Column, getTableName, is, Name, Param, Placeholder, SQL, StringChunk, Table } from "drizzle-orm";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";

// Drizzle's renderer makes several objects for each piece of a statement, and asks of each what it is by walking up its
// classes. A batch of messages renders thousands of pieces, and a page two dozen statements: it was the largest share of the
// processor time of either.

/** The text of a piece of SQL, and the parameters that its question marks stand for, in order. */
export type Rendered = { text: string; params: unknown[] };

const dialect = new SQLiteSyncDialect();

/** The same as drizzle renders. What is not among the usual pieces drizzle renders itself. */
export function renderSql(piece: SQL): Rendered {
  const params: unknown[] = [];
  const text = textOf(piece, params);
  return { text, params };
}

function textOf(chunk: unknown, params: unknown[]): string {
  if (chunk instanceof StringChunk) return chunk.value.join("");
  if (chunk instanceof Param) {
    const { value, encoder } = chunk;
    if (is(value, Placeholder)) return byDrizzle(chunk, params);
    const mapped: unknown = value === null ? null : encoder.mapToDriverValue(value);
    return mapped instanceof SQL ? textOf(mapped, params) : bound(mapped, params);
  }
  if (chunk instanceof SQL) {
    // Its values are part of the text, as in the definition of an index.
    if ((chunk as unknown as { shouldInlineParams?: boolean }).shouldInlineParams) return byDrizzle(chunk, params);
    let text = "";
    for (const one of chunk.queryChunks) text += textOf(one, params);
    return text;
  }
  if (chunk instanceof Column) return `"${getTableName(chunk.table)}"."${chunk.name}"`;
  if (chunk instanceof Table) return `"${getTableName(chunk)}"`;
  if (chunk instanceof Name) return `"${chunk.value}"`;
  if (chunk === undefined) return "";
  if (Array.isArray(chunk)) return `(${chunk.map((one) => textOf(one, params)).join(", ")})`;
  if (chunk === null || typeof chunk !== "object" || isBytes(chunk)) return bound(chunk, params);
  return byDrizzle(chunk, params);
}

function bound(value: unknown, params: unknown[]): string {
  params.push(value);
  return "?";
}

function isBytes(value: object): boolean {
  return value instanceof Uint8Array || value instanceof ArrayBuffer;
}

function byDrizzle(chunk: object, params: unknown[]): string {
  const { sql, params: more } = dialect.sqlToQuery(new SQL([chunk as SQL]));
  params.push(...more);
  return sql;
}
