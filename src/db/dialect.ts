import { Column, getTableColumns, getTableName, SQL, StringChunk, Subquery, Table } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { renderSql } from "./render";

// Drizzle makes a dialect for each database that is opened, and a page opens one of its own (gathered-reads.ts). Ours is one for
// all. What it makes is what drizzle makes, and the same text (test/core/db/render.test.ts), with fewer objects on the way.

/** A column or expression that a query selects, and where in a row it goes. */
type Selected = { path: string[]; field: unknown };

/** What drizzle keeps to itself, of the version that package.json names. */
type Inner = {
  casing: { getColumnCasing(column: Column): string };
  sqlToQuery(piece: SQL): { sql: string; params: unknown[] };
  buildSelection(fields: readonly Selected[], options?: { isSingleTable?: boolean }): SQL;
  buildSelectQuery(config: SelectConfig): SQL;
};

type Fields = { [name: string]: unknown };
type SelectConfig = { fields: Fields; fieldsFlat?: Selected[]; joins?: readonly unknown[] };

/** What a query selects, finished. */
class Selection extends SQL {}

/** The dialect that all our databases share. */
export const dialect = makeDialect();

function makeDialect(): SQLiteAsyncDialect {
  const made = new SQLiteAsyncDialect();
  const inner = made as unknown as Inner;
  const buildSelection = inner.buildSelection.bind(inner);
  // No name of a column is derived here (`casing` is not used), so none is looked up.
  inner.casing.getColumnCasing = (column) => column.name;
  inner.sqlToQuery = (piece) => {
    const { text, params } = renderSql(piece);
    return { sql: text, params };
  };
  // The columns of a table are one piece of text, where drizzle makes up to seven objects of each.
  inner.buildSelection = (fields, options = {}) => {
    if (fields[0]?.field instanceof Selection) return fields[0].field;
    const chunks: (StringChunk | SQL)[] = [];
    let text = "";
    for (const [at, selected] of fields.entries()) {
      if (at > 0) text += ", ";
      const plain = plainColumn(selected.field, options.isSingleTable ?? false);
      if (plain !== undefined) {
        text += plain;
        continue;
      }
      chunks.push(new StringChunk(text), buildSelection([selected], options));
      text = "";
    }
    chunks.push(new StringChunk(text));
    return new SQL(chunks);
  };
  const buildSelectQuery = inner.buildSelectQuery.bind(inner);
  // It is given what is selected as one piece: it asks of each column, in six ways, whether its table is in the query. SQLite says
  // so where one is not.
  inner.buildSelectQuery = (config) => {
    const fields = config.fieldsFlat ?? fieldsIn(config.fields);
    const isSingleTable = config.joins === undefined || config.joins.length === 0;
    const field = new Selection(inner.buildSelection(fields, { isSingleTable }).queryChunks);
    return buildSelectQuery({ ...config, fieldsFlat: [{ path: [], field }] });
  };
  return made;
}

/** The text of a column that is selected as it is stored. */
function plainColumn(field: unknown, isSingleTable: boolean): string | undefined {
  if (!(field instanceof Column) || field.columnType === "SQLiteNumericBigInt") return undefined;
  return isSingleTable ? `"${field.name}"` : `"${getTableName(field.table)}"."${field.name}"`;
}

/** What is selected, in its order, from objects and tables within it too. */
function fieldsIn(fields: Fields, found: Selected[] = []): Selected[] {
  for (const field of Object.values(fields))
    if (field instanceof Column || field instanceof SQL || field instanceof SQL.Aliased || field instanceof Subquery)
      found.push({ path: [], field });
    else fieldsIn(field instanceof Table ? getTableColumns(field) : (field as Fields), found);
  return found;
}
