import { Column, getTableName, is, Name, Param, Placeholder, SQL, StringChunk, Subquery, Table } from "drizzle-orm";
import { SQLiteSelectBase, SQLiteSyncDialect } from "drizzle-orm/sqlite-core";

// Drizzle's renderer makes several objects for each piece of a statement, and asks of each what it is by walking up its
// classes. A batch of messages renders thousands of pieces, and a page two dozen statements: it was the largest share of the
// processor time of either.

/** The text of a piece of SQL, and the parameters that its question marks stand for, in order. */
export type Rendered = { text: string; params: unknown[] };

const dialect = new SQLiteSyncDialect();

const AFTER_LIMIT = /(?:^|[\s)])limit $/i;

/**
 * The same as drizzle renders, but that a limit, and what the schema itself names (a word of a column's own list, a boolean), stand in the
 * text and are no parameters: SQLite plans a statement anew whenever such a parameter is bound (ADR 0095). What is not among
 * the usual pieces drizzle renders itself.
 */
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
    if (mapped instanceof SQL) return textOf(mapped, params);
    return constantOf(encoder, mapped) ?? bound(mapped, params);
  }
  if (chunk instanceof SQL) {
    // Its values are part of the text, as in the definition of an index.
    if ((chunk as unknown as { shouldInlineParams?: boolean }).shouldInlineParams) return byDrizzle(chunk, params);
    let text = "";
    for (const one of chunk.queryChunks)
      text += isCount(one) && AFTER_LIMIT.test(text) ? String(one) : textOf(one, params);
    return text;
  }
  if (chunk instanceof Column) return `"${getTableName(chunk.table)}"."${chunk.name}"`;
  if (chunk instanceof Table) return `"${getTableName(chunk)}"`;
  if (chunk instanceof Subquery && !chunk._.isWith) return `(${textOf(chunk._.sql, params)}) "${chunk._.alias}"`;
  if (chunk instanceof SQLiteSelectBase) return `(${textOf(chunk.getSQL(), params)})`;
  if (chunk instanceof Name) return `"${chunk.value}"`;
  if (chunk === undefined) return "";
  if (Array.isArray(chunk)) return `(${chunk.map((one) => textOf(one, params)).join(", ")})`;
  if (chunk === null || typeof chunk !== "object" || isBytes(chunk)) return bound(chunk, params);
  return byDrizzle(chunk, params);
}

/** The literal for a value that the schema itself names: one of a column's words, or a boolean. */
function constantOf(encoder: unknown, value: unknown): string | undefined {
  if (!(encoder instanceof Column)) return undefined;
  if (encoder.dataType === "boolean") return value === 1 || value === 0 ? String(value) : undefined;
  return typeof value === "string" && encoder.enumValues?.includes(value) ? quoted(value) : undefined;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function isCount(chunk: unknown): chunk is number {
  return typeof chunk === "number" && Number.isSafeInteger(chunk) && chunk >= 0;
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
