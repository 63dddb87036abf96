import { and, asc, desc, eq, lt, lte, or, sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { operatorMoves } from "../db/schema";
import { newId } from "../lib/id";
import type { Nudges } from "../queues/senders";

/** The work of placing calls anew after it changed who is who. */
export type MoveRow = typeof operatorMoves.$inferSelect;

/** Where a list goes on: after the move with this id. */
export type MovePosition = { id: string };

/** What verbs that begin a move are given. */
export type MoveDeps = { db: Database; nudges: Pick<Nudges, "operatorMoves"> };

type MoveName = Pick<MoveRow, "organizationId" | "id">;

/** A move that nobody has begun. `now` in milliseconds. */
export function newMove(what: Pick<MoveRow, "organizationId" | "fromId" | "intoId" | "kind">, now: number): MoveRow {
  return {
    ...what,
    id: newId("opm", now),
    state: "open",
    cursor: null,
    moved: 0,
    leaseUntil: 0,
    createdAt: now,
    completedAt: null,
  };
}

/** Statement that adds the move where `guard` holds. `fromId` may be SQL that finds it. */
export function insertMove(
  db: Database,
  move: Omit<MoveRow, "fromId"> & { fromId: string | SQL },
  guard: SQL,
): Statement {
  return db.run(sql`
    INSERT INTO ${operatorMoves} (organization_id, id, from_id, into_id, kind, state, moved, lease_until, created_at)
    SELECT ${move.organizationId}, ${move.id}, ${move.fromId}, ${move.intoId}, ${move.kind}, 'open', 0, 0, ${move.createdAt}
    WHERE ${guard}`);
}

/** Has a move worked on at once. Its row is the work: where the message is lost, the sweep finds the row. */
export async function nudgeMove({ nudges }: MoveDeps, { organizationId, id }: MoveRow): Promise<void> {
  await nudges.operatorMoves([{ organizationId, moveId: id }]);
}

/** The moves that concern an operator, newest first. */
export async function listMoves(
  db: Database,
  query: { organizationId: string; operatorId: string; limit: number; after?: MovePosition },
): Promise<MoveRow[]> {
  return db
    .select()
    .from(operatorMoves)
    .where(
      and(
        eq(operatorMoves.organizationId, query.organizationId),
        or(eq(operatorMoves.fromId, query.operatorId), eq(operatorMoves.intoId, query.operatorId)),
        query.after && lt(operatorMoves.id, query.after.id),
      ),
    )
    .orderBy(desc(operatorMoves.id))
    .limit(query.limit);
}

/** One move of the organization. */
export function readMove(db: Database, name: MoveName): Promise<MoveRow | undefined> {
  return db.select().from(operatorMoves).where(whereMove(name)).get();
}

/** Moves that nobody works on, the oldest first. */
export function openMoves(db: Database, now: number, limit: number) {
  return (
    db
      .select({ organizationId: operatorMoves.organizationId, moveId: operatorMoves.id })
      .from(operatorMoves)
      // Written out, not bound: SQLite uses a partial index only for a literal it can see.
      .where(and(sql`${operatorMoves.state} = 'open'`, lte(operatorMoves.leaseUntil, now)))
      .orderBy(asc(operatorMoves.createdAt))
      .limit(limit)
  );
}

/** Takes an open move until the lease ends (milliseconds); undefined when it is done or in other hands. */
export function claimMove(db: Database, name: MoveName, now: number, lease: number): Promise<MoveRow | undefined> {
  return db
    .update(operatorMoves)
    .set({ leaseUntil: now + lease })
    .where(and(whereMove(name), eq(operatorMoves.state, "open"), lte(operatorMoves.leaseUntil, now)))
    .returning()
    .get();
}

/**
 * Notes how far a move got: the call last looked at, null when there was none left, and how many were moved on the way.
 * Gives the move as it is now, or undefined when somebody else had got on with it.
 */
export function advanceMove(
  db: Database,
  move: MoveRow,
  step: { cursor: string | null; moved: number; leaseUntil: number },
  now: number,
): Promise<MoveRow | undefined> {
  const end = step.cursor === null ? { state: "completed" as const, completedAt: now } : { cursor: step.cursor };
  return db
    .update(operatorMoves)
    .set({ ...end, moved: sql`moved + ${step.moved}`, leaseUntil: step.leaseUntil })
    .where(and(whereMove(move), eq(operatorMoves.state, "open"), sql`cursor IS ${move.cursor}`))
    .returning()
    .get();
}

function whereMove(name: MoveName) {
  return and(eq(operatorMoves.organizationId, name.organizationId), eq(operatorMoves.id, name.id));
}
