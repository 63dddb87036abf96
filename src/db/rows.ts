import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Statement } from "./client";
import { renderSql, type Rendered } from "./render";

// What many calls have in common is the wording of their statements. Statements of one wording run as one, over rows of
// parameters in JSON; each row keeps its own condition (docs/understand/adr/0032-few-bulk-statements.md).

/** One row to write where `when` is true. */
export type RowWrite = {
  /** `INSERT INTO … SELECT values`, or `UPDATE … SET …` whose row `when` names. */
  write: SQL;
  when: SQL;
  /**
   * `ON CONFLICT …` of an insert, or `RETURNING …` of an update. It takes no parameters: what a conflict needs is in
   * `excluded`.
   */
  conflict?: SQL;
};

/** Bytes of all parameters of a statement, at most: D1 takes 2 MB in one. */
const MOST_BYTES = 900_000;
/** D1 binds 100 parameters: the JSON and these. */
const MOST_BLOBS = 90;

const encoder = new TextEncoder();

type Worded = { row: RowWrite; write: Rendered; when: Rendered; conflict: Rendered; params: unknown[] };

/** The write of a row of a table by an insert; what `row` leaves out has the column's default. */
export function insertRow(
  table: SQLiteTable,
  row: Readonly<Record<string, unknown>>,
  when: SQL = sql`TRUE`,
  conflict: SQL = sql`ON CONFLICT DO NOTHING`,
): RowWrite {
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => row[name] !== undefined);
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const values = columns.map(([name, column]) => {
    const value = row[name];
    return is(value, SQL) ? value : sql`${sql.param(value, column)}`;
  });
  const write = sql`INSERT INTO ${table} (${sql.join(names, sql`, `)}) SELECT ${sql.join(values, sql`, `)}`;
  return { write, when, conflict };
}

/** The assignments of an update, by the names that columns have in code. */
export function assignments(table: SQLiteTable, set: Readonly<Record<string, unknown>>): SQL {
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => set[name] !== undefined);
  return sql.join(
    columns.map(([name, column]) => sql`${sql.identifier(column.name)} = ${sql.param(set[name], column)}`),
    sql`, `,
  );
}

/** The statement that writes one row. */
export function writeRow(db: Database, { write, when, conflict }: RowWrite): Statement {
  return db.run(conflict ? sql`${write} WHERE ${when} ${conflict}` : sql`${write} WHERE ${when}`);
}

/**
 * The statements that write the rows: one for those of the same wording, in order. Rows of different wording must not
 * depend on one another.
 */
export function writeRows(db: Database, rows: readonly RowWrite[]): Statement[] {
  const groups = new Map<string, Worded[]>();
  for (const row of rows) {
    const worded = wordedOf(row);
    const wording = `${worded.write.text} WHERE ${worded.when.text} ${worded.conflict.text}`;
    const group = groups.get(wording);
    if (group) group.push(worded);
    else groups.set(wording, [worded]);
  }
  return [...groups.values()].flatMap((group) =>
    inChunks(group, ({ params }) => params).map((chunk) => {
      const [first] = chunk;
      return first && chunk.length === 1 ? writeRow(db, first.row) : db.run(overRows(chunk));
    }),
  );
}

function wordedOf(row: RowWrite): Worded {
  const [write, when, conflict] = [render(row.write), render(row.when), render(row.conflict ?? sql``)];
  if (conflict.params.length > 0) throw new Error("what is done on a conflict takes no parameters");
  return { row, write, when, conflict, params: [...write.params, ...when.params] };
}

/**
 * Statements over rows of values, each of which counts only where its own `when` is true. `make` is given the table of
 * the rows, whose columns are `at` (the place of a row) and `row` (its values), and the condition to be asked of each.
 */
export function overGiven(
  db: Database,
  rows: readonly { values: readonly unknown[]; when: SQL }[],
  make: (given: SQL, when: SQL) => SQL,
): Statement[] {
  const width = rows[0]?.values.length ?? 0;
  const numbers = new Map<string, number>();
  const listed = rows.map(({ values, when }) => {
    const { text, params } = render(when);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return [...values, number, ...params];
  });
  const conditions = [...numbers].map(
    ([text, number]) => sql`(given.row ->> ${sql.raw(String(width))} = ${sql.raw(String(number))}
      AND (${filled(text, (at) => paramOf(width + 1 + at))}))`,
  );
  const when = sql`(${sql.join(conditions, sql` OR `)})`;
  return inChunks(listed, (row) => row).map((chunk) => db.run(make(givenTable(chunk), when)));
}

/** One statement for rows of the same wording. */
function overRows(chunk: readonly Worded[]): SQL {
  const [{ write, when, conflict }] = chunk as [Worded];
  const rows = chunk.map((one) => one.params);
  const place = (at: number) => (rows.some((row) => row[at] instanceof Uint8Array) ? blobOf(rows, at) : paramOf(at));
  return sql`${filled(write.text, place)}
    FROM ${givenTable(rows)}
    WHERE ${filled(when.text, (at) => place(write.params.length + at))} ${sql.raw(conflict.text)}`;
}

function paramOf(at: number): SQL {
  return sql.raw(`(given.row ->> ${at})`);
}

/** Bytes have no place in JSON: each is a parameter of its own. */
function blobOf(rows: readonly (readonly unknown[])[], at: number): SQL {
  const cases = rows.flatMap((row, place) =>
    row[at] instanceof Uint8Array ? [sql`WHEN ${sql.raw(String(place))} THEN ${row[at]}`] : [],
  );
  return sql`(CASE given.at ${sql.join(cases, sql` `)} END)`;
}

function givenTable(rows: readonly (readonly unknown[])[]): SQL {
  const json = JSON.stringify(rows.map((row) => row.map((value) => (value instanceof Uint8Array ? null : value))));
  return sql`(SELECT key AS at, value AS row FROM json_each(${json})) AS given`;
}

/** The text with each of its parameters replaced. Our texts hold no question mark that is not one. */
function filled(text: string, place: (at: number) => SQL): SQL {
  const [first = "", ...rest] = text.split("?");
  return sql.join([sql.raw(first), ...rest.flatMap((part, at) => [place(at), sql.raw(part)])]);
}

function render(part: SQL): Rendered {
  const rendered = renderSql(part);
  const { text, params } = rendered;
  if (text.split("?").length !== params.length + 1) throw new Error(`parameters and text do not agree: ${text}`);
  return rendered;
}

/** The rows in groups of which each fits into one statement. */
function inChunks<T>(rows: readonly T[], valuesOf: (row: T) => readonly unknown[]): T[][] {
  const chunks: T[][] = [];
  let bytes = Infinity;
  let blobs = 0;
  for (const row of rows) {
    const values = valuesOf(row);
    const blobsOfRow = values.filter((value) => value instanceof Uint8Array);
    const size =
      blobsOfRow.reduce((sum, blob) => sum + blob.length, 0) +
      encoder.encode(JSON.stringify(values.filter((value) => !(value instanceof Uint8Array)))).length;
    bytes += size;
    blobs += blobsOfRow.length;
    if (bytes > MOST_BYTES || blobs > MOST_BLOBS) {
      chunks.push([]);
      bytes = size;
      blobs = blobsOfRow.length;
    }
    chunks.at(-1)?.push(row);
  }
  return chunks;
}
