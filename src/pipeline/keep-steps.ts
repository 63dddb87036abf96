import { actionWork, type CallActionsRow, type RunDeps, type Step } from "../actions";
import { giveBack, type Refund } from "../analysis";
import { changesOf, runBatch } from "../db/client";
import { writeRow } from "../db/rows";
import { callActions } from "../db/schema";
import { advanceWork, isMine, stillMine } from "../db/work";

/**
 * Writes how far the actions of a call are, and goes on under the same claim; undefined where that was lost. It is a word of
 * them: crashes are counted anew. What is given back of a step is so in one batch with its end: once.
 */
export async function keepSteps(
  { db, now }: Pick<RunDeps, "db" | "now">,
  row: CallActionsRow,
  steps: Step[],
  refund?: Refund,
): Promise<CallActionsRow | undefined> {
  const set = { steps, attempts: 0, leaseUntil: now() + actionWork.lease };
  if (!refund) return advanceWork(db, actionWork, row, set);
  const mine = stillMine(actionWork, row);
  const [, kept] = await runBatch(db, [
    writeRow(db, giveBack(refund, isMine(actionWork, row))),
    db.update(callActions).set(set).where(mine),
  ]);
  return changesOf(kept) > 0 ? { ...row, ...set } : undefined;
}
