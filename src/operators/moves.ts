import { and, eq, or, sql, type SQL } from "drizzle-orm";
import type { Database, Statement } from "../db/client";
import { inOrder, isAfter, type Order } from "../db/order";
import { operatorMoves } from "../db/schema";
import { advanceWork, claimWork, type Work } from "../db/work";
import { newId } from "../lib/id";
import { MINUTE } from "../lib/time";
import type { Nudges } from "../queues/senders";

/** The work of placing calls anew after operators or references changed. */
export type MoveRow = typeof operatorMoves.$inferSelect;

/** The position of a page: after the move with this id. */
export type MovePosition = { id: string };

/** The deps of functions that start a move. */
export type MoveDeps = { db: Database; nudges: Pick<Nudges, "operatorMoves"> };

type MoveName = Pick<MoveRow, "organizationId" | "id">;

/** Longer than one page takes. A crash delays a move by this much. */
export const MOVE_LEASE = MINUTE;

export const moveWork: Work<typeof operatorMoves> = {
  table: operatorMoves,
  key: ["organizationId", "id"],
  open: sql`${operatorMoves.state} = 'open'`,
  lease: MOVE_LEASE,
};

/** A move that has not started yet. `now` in milliseconds. */
export function newMove(what: Pick<MoveRow, "organizationId" | "fromId" | "intoId" | "kind">, now: number): MoveRow {
  return {
    ...what,
    id: newId("opm", now),
    state: "open",
    cursor: null,
    moved: 0,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: 0,
    createdAt: now,
    completedAt: null,
  };
}

/** A statement that adds the move where `guard` is true. `fromId` may be SQL that finds it. */
export function insertMove(
  db: Database,
  move: Omit<MoveRow, "fromId"> & { fromId: string | SQL },
  guard: SQL,
): Statement {
  return db.run(sql`
    INSERT INTO ${operatorMoves} (organization_id, id, from_id, into_id, kind, state, moved, due_at, lease_until, created_at)
    SELECT ${move.organizationId}, ${move.id}, ${move.fromId}, ${move.intoId}, ${move.kind}, 'open', 0, ${move.dueAt}, 0,
      ${move.createdAt}
    WHERE ${guard}`);
}

/** Starts work on a move. Its row is the work: if the message is lost, the sweep finds the row. */
export async function nudgeMove({ nudges }: MoveDeps, { organizationId, id }: MoveRow): Promise<void> {
  await nudges.operatorMoves([{ organizationId, moveId: id }]);
}

/** The moves that involve an operator, newest first. */
export async function listMoves(
  db: Database,
  query: { organizationId: string; operatorId: string; limit: number; after?: MovePosition; order?: Order },
): Promise<MoveRow[]> {
  const { order = "descending" } = query;
  return db
    .select()
    .from(operatorMoves)
    .where(
      and(
        eq(operatorMoves.organizationId, query.organizationId),
        or(eq(operatorMoves.fromId, query.operatorId), eq(operatorMoves.intoId, query.operatorId)),
        isAfter(operatorMoves.id, order, query.after?.id),
      ),
    )
    .orderBy(inOrder(operatorMoves.id, order))
    .limit(query.limit);
}

/** One move of the organization. */
export function readMove(db: Database, name: MoveName): Promise<MoveRow | undefined> {
  return db.select().from(operatorMoves).where(whereMove(name)).get();
}

/** Claims an open move; undefined when it is done or claimed by another worker. */
export function claimMove(db: Database, { organizationId, id }: MoveName, now: number): Promise<MoveRow | undefined> {
  return claimWork(db, moveWork, { organizationId, id }, now);
}

/**
 * Records the progress of a move: the last call read, null when none was left, and how many calls were moved. The claim
 * lasts until `leaseUntil`; 0 releases it. Gives the updated move, or undefined when another worker has claimed it
 * since.
 */
export function advanceMove(
  db: Database,
  move: MoveRow,
  step: { cursor: string | null; moved: number; leaseUntil: number },
  now: number,
): Promise<MoveRow | undefined> {
  const end = step.cursor === null ? { state: "completed" as const, completedAt: now } : { cursor: step.cursor };
  return advanceWork(db, moveWork, move, {
    ...end,
    moved: sql`moved + ${step.moved}`,
    leaseUntil: step.leaseUntil,
  });
}

function whereMove(name: MoveName) {
  return and(eq(operatorMoves.organizationId, name.organizationId), eq(operatorMoves.id, name.id));
}
