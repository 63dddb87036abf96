import { and, asc, eq, getTableColumns, gt, lte, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Statement } from "./client";
import { MINUTE, SECOND } from "../lib/time";

// Leased work: a row is what is to be done, a claim is one try at it. Of two workers one gets the claim; a worker that
// dies loses it with the lease; and whoever comes late writes nothing, since each write asks for the claim it came with.

/** The columns of leased work. `claims` counts the claims a row ever had and never falls: it is the fence. */
export type WorkTable = SQLiteTable & {
  dueAt: SQLiteColumn;
  attempts: SQLiteColumn;
  leaseUntil: SQLiteColumn;
  claims: SQLiteColumn;
  /** For work whose messages may be lost: how long after it fell due to send another one, in milliseconds. */
  nudgeAfter?: SQLiteColumn;
  giveUpAt?: SQLiteColumn;
};

export type Work<T extends WorkTable> = {
  table: T;
  /** The columns of the primary key, as the table calls them in code. */
  key: readonly (keyof InferSelectModel<T> & string)[];
  /** Holds while a row is open. A literal: SQLite uses a partial index only for one that it can see. */
  open: SQL;
  /** How long one claim holds, in milliseconds: longer than any try can live. */
  lease: number;
};

type Row<T extends WorkTable> = InferSelectModel<T>;
/** The values that find a row, and whose it must be. */
type Name<T extends WorkTable> = Partial<Row<T>>;
type Set = Record<string, unknown>;

/** Work whose message was just sent is not looked for before this: it takes a second or two, under a backlog minutes. */
export const NUDGE_AFTER = 30 * SECOND;
/** What is nudged in vain is nudged again when it has been due so many times as long, or for this much longer. */
const NUDGE_FACTOR = 5;
const LONGEST_NUDGE = 30 * MINUTE;

/** Takes a row that is open, due and unclaimed, and for which `when` holds. Writes one row, of no index. */
export function claimWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  name: Name<T>,
  now: number,
  when?: SQL,
): Promise<Row<T> | undefined> {
  return claim(db, work, now, and(named(work, name), lte(work.table.dueAt, now), when)).then(([row]) => row);
}

/** Takes what is due, the longest due first, `limit` at most. */
export function claimDue<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  now: number,
  limit: number,
  when?: SQL,
): Promise<Row<T>[]> {
  return claim(db, work, now, among(work, and(isFree(work, now), lte(work.table.dueAt, now), when), limit));
}

/** Takes a row whose time is over, due or not, in order to end it. */
export function claimExpired<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  name: Name<T>,
  now: number,
): Promise<Row<T> | undefined> {
  return claim(db, work, now, and(named(work, name), isOver(work, now))).then(([row]) => row);
}

/** SQL that holds while a claim does: the row is open, and neither claimed nor freed since. */
export function stillMine<T extends WorkTable>(work: Work<T>, claimed: Row<T>): SQL | undefined {
  return and(keyIs(work, claimed), work.open, fence(work, claimed));
}

/** Statement that lets go of a claim until `dueAt`, writing `set` besides; its message is to be sent with that delay. */
export function postpone<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  claimed: Row<T>,
  dueAt: number,
  set: Partial<Row<T>> = {},
): Statement {
  return writeClaimed(db, work, claimed, { ...set, ...dueFrom(work, dueAt), leaseUntil: 0 });
}

/**
 * Statement that ends the work, done or given up: `set` closes the row, where the claim and `when` hold. Claim and lease
 * stay in the row: by them the dependents of the same batch (`endedBy`) know that it was this claim that ended it.
 */
export function endWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  claimed: Row<T>,
  set: Partial<Row<T>>,
  when?: SQL,
): Statement {
  return writeClaimed(db, work, claimed, set, when);
}

/** Statement that ends work whose row is nothing but the work. */
export function removeWork<T extends WorkTable>(db: Database, work: Work<T>, claimed: Row<T>): Statement {
  return db.delete(work.table).where(stillMine(work, claimed));
}

/** Writes how far the work got, and how long the claim goes on; undefined when the claim is no more. */
export async function advanceWork<T extends WorkTable>(
  db: Database,
  work: Work<T>,
  claimed: Row<T>,
  set: { [K in keyof Row<T>]?: Row<T>[K] | SQL } & { leaseUntil: number },
): Promise<Row<T> | undefined> {
  const rows = await db.update(work.table).set(asSet(set)).where(stillMine(work, claimed)).returning();
  return (rows as Row<T>[])[0];
}

/** SQL that holds when this very claim is what brought its row into `state`. */
export function endedBy<T extends WorkTable>(work: Work<T>, claimed: Row<T>, state: SQL): SQL {
  return sql`EXISTS (SELECT 1 FROM ${work.table} WHERE ${and(keyIs(work, claimed), state, fence(work, claimed))})`;
}

/** SQL that holds for rows that are open and due, unclaimed, and not yet to be given up. */
export function isDue<T extends WorkTable>(work: Work<T>, now: number): SQL | undefined {
  const { dueAt, giveUpAt } = work.table;
  return and(isFree(work, now), lte(dueAt, now), giveUpAt && gt(giveUpAt, now));
}

/** Open work whose time is over and that nobody works on, the longest over first. */
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
 * Takes note of a nudge for work that is due and whose last one is too long ago, and gives its rows: the message is sent
 * next. One statement, which writes the rows it gives and no others; what is nudged in vain waits longer each time.
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

/** Statement that frees everything claimed or nudged: for a start after which no worker and no message is left. */
export function freeAll<T extends WorkTable>(db: Database, work: Work<T>): Statement {
  const { nudgeAfter } = work.table;
  return db
    .update(work.table)
    .set(asSet({ leaseUntil: 0, ...(nudgeAfter && { nudgeAfter: 0 }) }))
    .where(work.open);
}

/** Work whose message is sent for the moment it falls due: no other is needed for a while. */
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

function writeClaimed<T extends WorkTable>(db: Database, work: Work<T>, claimed: Row<T>, set: Set, when?: SQL) {
  return db
    .update(work.table)
    .set(asSet(set))
    .where(and(stillMine(work, claimed), when)) as unknown as Statement;
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

// Lease and count: while two versions of the Worker run, the older one moves the lease and does not count.
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

/** SQL that holds for the first `limit` rows, by due time, for which `which` holds. */
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

// Drizzle cannot follow the columns of a table that is a type parameter.
function asSet(set: Set): never {
  return set as never;
}
