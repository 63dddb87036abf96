import type { SQLiteTable } from "drizzle-orm/sqlite-core";

export type Operation = "insert" | "update" | "delete";
type Names<T extends SQLiteTable> = readonly (keyof T["_"]["columns"] & string)[];

export type Audited = {
  table: SQLiteTable;
  /** Begins the action, and is the type of the resource. */
  noun: string;
  /** SQL for the resource's id, with `ROW` for `OLD` or `NEW`. */
  id: string;
  /** The same for its organization. */
  organization: string;
  /** A table, in SQL, of which each row makes an entry; one entry where it is not given. */
  each?: string;
  operations: readonly Operation[];
  /** The operations that are recorded, as `system`, where no act is set. */
  unattended: readonly Operation[];
  /** Secrets: an entry says only that they changed. */
  masked: readonly string[];
  /** Technical columns: a change of these alone makes no entry, and no entry has them. */
  ignored: readonly string[];
  created: string;
  /** The column whose new value has a word of its own, mostly one that ends the row. */
  ended?: { column: string; verb: string };
};

const EVERY: readonly Operation[] = ["insert", "update", "delete"];

/** What is recorded of a table: all of its rows and columns, but for what the options say. */
export function audited<T extends SQLiteTable>(
  table: T,
  noun: string,
  options: Partial<Omit<Audited, "masked" | "ignored">> & { masked?: Names<T>; ignored?: Names<T> } = {},
): Audited {
  return {
    table,
    noun,
    id: "ROW.id",
    organization: "ROW.organization_id",
    operations: EVERY,
    unattended: EVERY,
    created: "created",
    ...options,
    masked: options.masked ?? [],
    ignored: ["organizationId", ...(options.ignored ?? [])],
  };
}
