import { and, asc, eq, getTableColumns, gt, lte, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Statement } from "./client";
import { assignments, writeRow, type RowWrite } from "./rows";
import { MINUTE, SECOND } from "../lib/time";

// Leased work: a row is the work, a claim is one attempt at it. Of two workers one gets the claim. A worker that dies
// loses it when the lease expires. A worker that comes late writes nothing, because each write requires its claim.

/** The columns of leased work. `claims` counts all claims of a row and never falls: it is the fence. */
export type WorkTable = SQLiteTable & {
  dueAt: SQLiteColumn;
  attempts: SQLiteColumn;
  leaseUntil: SQLiteColumn;
  claims: SQLiteColumn;
  /** For work whose messages may be lost: how long after its due time to send another one, in milliseconds. */
  nudgeAfter?: SQLiteColumn;
  giveUpAt?: SQLiteColumn;
};

export type Work<T extends WorkTable> = {
  table: T;
  /** The columns of the primary key, under their names in code. */
  key: readonly (keyof InferSelectModel<T> & string)[];
  /**
   * True while a row is open. A literal, because SQLite uses a partial index only where the query contains its
   * condition.
   */
  open: SQL;
  /** How long one claim lasts, in milliseconds: longer than any attempt can run. */
  lease: number;
};

type Row<T extends WorkTable> = InferSelectModel<T>;
/** The values that find a row, including its organization. */
type Name<T extends WorkTable> = Partial<Row<T>>;
type Set = Record<string, unknown>;

/**
 * How long after its message was sent work is not looked for: usually it takes a second or two, with a backlog minutes.
 */
export const NUDGE_AFTER = 30 * SECOND;
/** Work whose repeated message had no effect gets the next one when it has been due this many times as long. */
const NUDGE_FACTOR = 5;
const LONGEST_NUDGE = 30 * MINUTE;

/** Claims a row that is open, due and unclaimed, if `when` is true. Writes one row and no index. */
export function claimWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  name: Name<T>,
  now: number,
  when?: SQL,
): Promise<Row<T> | undefined> {
  return claim(db, work, now, and(named(work, name), lte(work.table.dueAt, now), when)).then(([row]) => row);
}

/**
 * A statement that claims those of the named rows that are open, due and unclaimed, if `when` is true, and gives them
 * whole. Each name has the same columns. What `when` needs of a name is in `beside`, as `given.beside`.
 */
export function claimNamed<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  names: readonly Name<T>[],
  now: number,
  when?: SQL,
  beside: readonly number[] = [],
) {
  const { table, open, lease } = work;
  const columns = Object.keys(names[0] ?? {});
  const valuesOf = (name: Name<T>) => columns.map((column) => name[column as keyof Name<T>]);
  const given = JSON.stringify(names.map((name, at) => [...valuesOf(name), beside[at] ?? 0]));
  const isNamed = columns.map((column, at) => sql`${columnOf(work, column)} = given.name ->> ${sql.raw(String(at))}`);
  return db.run(sql`UPDATE ${table} SET ${sql.identifier(table.attempts.name)} = ${table.attempts} + 1,
      ${sql.identifier(table.claims.name)} = ${table.claims} + 1,
      ${sql.identifier(table.leaseUntil.name)} = ${now + lease}
    FROM (SELECT value AS name, value ->> ${sql.raw(String(columns.length))} AS beside FROM json_each(${given})) AS given
    WHERE ${and(...isNamed, open, lte(table.leaseUntil, now), lte(table.dueAt, now), when)} RETURNING *`);
}

/** Claims due rows, the longest due first, at most `limit`. */
export function claimDue<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  now: number,
  limit: number,
  when?: SQL,
): Promise<Row<T>[]> {
  return claim(db, work, now, among(work, and(isFree(work, now), lte(work.table.dueAt, now), when), limit));
}

/** Claims a row past its end, due or not, in order to close it. */
export function claimExpired<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  name: Name<T>,
  now: number,
): Promise<Row<T> | undefined> {
  return claim(db, work, now, and(named(work, name), isOver(work, now))).then(([row]) => row);
}

/** SQL that is true while a claim lasts: the row is open, and neither claimed nor released since. */
export function stillMine<T extends WorkTable>(work: Work<T>, claimed: Row<T>): SQL | undefined {
  return and(keyIs(work, claimed), work.open, fence(work, claimed));
}

/** The same for the writes of other tables. */
export function isMine<T extends WorkTable>(work: Work<T>, claimed: Row<T>): SQL {
  return sql`EXISTS (SELECT 1 FROM ${work.table} WHERE ${stillMine(work, claimed)})`;
}

/** A statement that releases a claim until `dueAt` and writes `set`. Send its message with that delay. */
export function postpone<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  claimed: Row<T>,
  dueAt: number,
  set: Partial<Row<T>> = {},
): Statement {
  return writeRow(db, postponement(work, claimed, dueAt, set));
}

/** The same as a write, for several claims in one statement. */
export function postponement<T extends WorkTable>(
  work: Work<T>,
  claimed: Row<T>,
  dueAt: number,
  set: Partial<Row<T>> = {},
): RowWrite {
  return writeClaimed(work, claimed, { ...set, ...dueFrom(work, dueAt), leaseUntil: 0 });
}

/**
 * The write that closes the work, done or given up: `set` closes the row, if the claim and `when` are true. Claim and
 * lease stay in the row, so that dependents in the same batch (`endedBy`) know that this claim closed it.
 */
export function endWork<T extends WorkTable>(
  work: Work<T>,
  claimed: Row<T>,
  set: Partial<Row<T>>,
  when?: SQL,
): RowWrite {
  return writeClaimed(work, claimed, set, when);
}

/** A statement that closes work by deleting its row, where the row is nothing but the work. */
export function removeWork<T extends WorkTable>(db: Database, work: Work<T>, claimed: Row<T>): Statement {
  return db.delete(work.table).where(stillMine(work, claimed));
}

/** Writes the progress of the work and extends the claim; undefined when the claim is lost. */
export async function advanceWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  claimed: Row<T>,
  set: { [K in keyof Row<T>]?: Row<T>[K] | SQL } & { leaseUntil: number },
): Promise<Row<T> | undefined> {
  const rows = await db.update(work.table).set(asSet(set)).where(stillMine(work, claimed)).returning();
  return (rows as Row<T>[])[0];
}

/** SQL that is true when this claim brought its row into `state`. */
export function endedBy<T extends WorkTable>(work: Work<T>, claimed: Row<T>, state: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${work.table} WHERE ${and(keyIs(work, claimed), state, fence(work, claimed))})`;
}

/** SQL that is true for rows that are open, due and unclaimed, and not past their end. */
export function isDue<T extends WorkTable>(work: Work<T>, now: number): SQL | undefined {
  const { dueAt, giveUpAt } = work.table;
  return and(isFree(work, now), lte(dueAt, now), giveUpAt && gt(giveUpAt, now));
}

/** Open, unclaimed work past its end, the longest first. */
export async function expiredWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  now: number,
  limit: number,
): Promise<Row<T>[]> {
  const rows = await db
    .select()
    .from(work.table as SQLiteTable)
    .where(and(isFree(work, now), isOver(work, now)))
    .orderBy(asc(giveUpOf(work)))
    .limit(limit);
  return rows as Row<T>[];
}

/**
 * Marks due work whose last message is too long ago, and gives its rows, for which the caller then sends messages. One
 * statement, which writes only the rows it gives. Work whose messages have no effect waits longer each time.
 */
export async function takeNudges<T extends WorkTable & { nudgeAfter: SQLiteColumn }>(
  db: Database,
  work: Work<T>,
  now: number,
  limit: number,
  when?: SQL,
): Promise<Row<T>[]> {
  const { dueAt, nudgeAfter } = work.table;
  const late = sql`${now} - ${dueAt}`;
  const next = sql`max(${NUDGE_AFTER}, min(${NUDGE_FACTOR} * (${late}), ${late} + ${LONGEST_NUDGE}))`;
  const rows = await db
    .update(work.table)
    .set(asSet({ nudgeAfter: next }))
    .where(among(work, and(isDue(work, now), sql`${dueAt} + ${nudgeAfter} <= ${now}`, when), limit))
    .returning();
  return rows as Row<T>[];
}

/**
 * A statement that releases everything claimed or marked, for a start after which no worker and no message is left. The
 * try of a claim is given back: the process was killed, and the work did not fail. `claims` still counts it.
 */
export function freeAll<T extends WorkTable>(db: Database, work: Work<T>): Statement {
  const { attempts, leaseUntil, nudgeAfter } = work.table;
  const given = sql`${attempts} - (${leaseUntil} > 0 AND ${attempts} > 0)`;
  return db
    .update(work.table)
    .set(asSet({ leaseUntil: 0, attempts: given, ...(nudgeAfter && { nudgeAfter: 0 }) }))
    .where(work.open);
}

/** Postponed work gets its message at its due time, so no other is needed for a while. */
function dueFrom<T extends WorkTable>(work: Work<T>, dueAt: number): { dueAt: number; nudgeAfter?: number } {
  return { dueAt, ...(work.table.nudgeAfter && { nudgeAfter: NUDGE_AFTER }) };
}

async function claim<T extends WorkTable>(
  db: Database,
  { table, open, lease }: Work<T>,
  now: number,
  which: SQL | undefined,
): Promise<Row<T>[]> {
  const set = { attempts: sql`${table.attempts} + 1`, claims: sql`${table.claims} + 1`, leaseUntil: now + lease };
  const rows = await db
    .update(table)
    .set(asSet(set))
    .where(and(open, lte(table.leaseUntil, now), which))
    .returning();
  return rows as Row<T>[];
}

function writeClaimed<T extends WorkTable>(work: Work<T>, claimed: Row<T>, set: Set, when?: SQL): RowWrite {
  return {
    write: sql`UPDATE ${work.table} SET ${assignments(work.table, set)}`,
    when: and(stillMine(work, claimed), when) ?? sql`TRUE`,
  };
}

function isFree<T extends WorkTable>({ table, open }: Work<T>, now: number): SQL | undefined {
  return and(open, lte(table.leaseUntil, now));
}

function isOver<T extends WorkTable>(work: Work<T>, now: number): SQL {
  return lte(giveUpOf(work), now);
}

function giveUpOf<T extends WorkTable>({ table: { giveUpAt } }: Work<T>): SQLiteColumn {
  if (!giveUpAt) throw new Error("this work has no time after which it is given up");
  return giveUpAt;
}

// Lease and count: while two versions of the Worker run, the older one changes the lease and does not count.
function fence<T extends WorkTable>({ table }: Work<T>, claimed: Row<T>): SQL | undefined {
  const { claims, leaseUntil } = claimed as unknown as { claims: number; leaseUntil: number };
  return and(eq(table.claims, claims), eq(table.leaseUntil, leaseUntil));
}

function keyIs<T extends WorkTable>(work: Work<T>, row: Name<T>): SQL | undefined {
  return and(...work.key.map((name) => eq(columnOf(work, name), row[name])));
}

function named<T extends WorkTable>(work: Work<T>, name: Name<T>): SQL | undefined {
  return and(...Object.entries(name).map(([column, value]) => eq(columnOf(work, column), value)));
}

/** SQL that is true for the first `limit` rows, by due time, for which `which` is true. */
function among<T extends WorkTable>(work: Work<T>, which: SQL | undefined, limit: number): SQL {
  const key = sql.join(
    work.key.map((name) => sql`${columnOf(work, name)}`),
    sql`, `,
  );
  return sql`(${key}) IN (SELECT ${key} FROM ${work.table} WHERE ${which} ORDER BY ${work.table.dueAt} LIMIT ${limit})`;
}

function columnOf<T extends WorkTable>(work: Work<T>, name: string): SQLiteColumn {
  const column = (getTableColumns(work.table) as Record<string, SQLiteColumn>)[name];
  if (!column) throw new Error(`this work has no column ${name}`);
  return column;
}

// Drizzle cannot type the columns of a table that is a type parameter.
function asSet(set: Set): never {
  return set as never;
}
