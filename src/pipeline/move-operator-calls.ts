import { findToPlace } from "../calls";
import { advanceMove, claimMove, MOVE_LEASE, type MoveRow } from "../operators";
import { MAX_PLACED, type OperatorMoveMessage } from "../queues/messages";
import type { Nudges } from "../queues/senders";
import { mergeCalls } from "./merge-calls";
import { placingAnew } from "./place-calls";
import type { MergeDeps } from "./plan-call";
import type { FollowDeps } from "./follow";

/** Pages worked on in one go: together they stay below the statements D1 takes in one invocation. */
const PAGES = 3;

export type MoveDeps = MergeDeps & FollowDeps & { nudges: Nudges; now(): number };

/**
 * Continues a move: places the next calls again, page by page, and notes its progress after each. What is left when it
 * stops is done by a new message or, after a crash, by the sweep. Placing a page twice changes nothing.
 */
export async function workOnOperatorMove(deps: MoveDeps, message: OperatorMoveMessage): Promise<void> {
  const { db, nudges } = deps;
  const name = { organizationId: message.organizationId, id: message.moveId };
  let move = await claimMove(db, name, deps.now());
  for (let page = 1; move?.state === "open"; page += 1) {
    const isLast = page === PAGES;
    move = await workOnPage(deps, move, isLast ? 0 : deps.now() + MOVE_LEASE);
    if (isLast && move?.state === "open") return nudges.operatorMoves([message]);
  }
}

async function workOnPage(deps: MoveDeps, move: MoveRow, leaseUntil: number): Promise<MoveRow | undefined> {
  const { db } = deps;
  const { organizationId, cursor, fromId } = move;
  const of = move.kind === "reference" ? { reference: fromId } : { operatorId: fromId };
  const page = await findToPlace(db, { organizationId, of, limit: MAX_PLACED, cursor });
  const reported = page.keys.map((key) => placingAnew(key, "stays"));
  const { written } = await mergeCalls(deps, reported, () => [], deps.now());
  const moved = written.filter(({ known, row }) => known?.operatorId !== row.operatorId).length;
  return advanceMove(db, move, { cursor: page.cursor, moved, leaseUntil }, deps.now());
}
