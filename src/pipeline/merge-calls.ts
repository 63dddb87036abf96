import type { MergePlan } from "../calls";
import { changesOf, runBatch, type Statement } from "../db/client";
import { acceptReleased } from "../sources";
import { isReleased, planCall, type Merge, type MergeDeps } from "./plan-call";
import { readKnown } from "./read-known";
import type { CallNotices } from "./call-notices";

export type { MergeDeps } from "./plan-call";
export type { CallNotices, SaidNotice } from "./call-notices";

/** Where a call is after a merge: in this campaign, or in quarantine for this reason. */
export type PlacedCall = Pick<MergePlan["row"], "campaignId" | "quarantine">;

/**
 * The statements written together with the calls, given where each was placed. `again` are the calls that another
 * writer was faster on: what was written about them before may have to be corrected. On the first try it is undefined.
 */
export type Alongside = (
  placed: ReadonlyMap<string, PlacedCall>,
  again: ReadonlySet<string> | undefined,
) => Statement[];

/** A race is lost at most once per competing writer; more than this is a fault that the queue should see. */
const MAX_ROUNDS = 8;

/**
 * Folds the notices into their calls and writes everything that follows in one batch, together with `alongside` (the
 * inbound log). A call that another writer changed meanwhile, or whose place somebody changed, is read and folded again:
 * no notice is lost, and nothing that depends on a lost write is written. Gives what was written.
 */
export async function mergeCalls(
  deps: MergeDeps,
  said: readonly CallNotices[],
  alongside: Alongside,
  now: number,
): Promise<MergePlan[]> {
  const placed = new Map<string, PlacedCall>();
  const written: MergePlan[] = [];
  let open = said;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const merges = await planAll(deps, open, now);
    for (const { plan } of merges) placed.set(plan.row.id, plan.row);
    const extra = alongside(placed, round === 0 ? undefined : new Set(open.map((one) => one.key.id)));
    const results = await runBatch(deps.db, [
      ...extra,
      ...merges.flatMap((merge) => merge.statements),
      ...acceptReleased(
        deps.db,
        merges
          .map(({ plan }) => plan)
          .filter(isReleased)
          .map(({ row }) => row),
      ),
    ]);
    let at = extra.length;
    const lost: CallNotices[] = [];
    for (const { said: one, plan, statements } of merges) {
      if (plan.changed && changesOf(results[at]) === 0) lost.push(one);
      else if (plan.changed) written.push(plan);
      at += statements.length;
    }
    if (lost.length === 0) return written;
    open = lost;
  }
  throw new Error(`${open.length} calls were changed by others ${MAX_ROUNDS} times in a row`);
}

async function planAll(deps: MergeDeps, said: readonly CallNotices[], now: number): Promise<Merge[]> {
  if (said.length === 0) return [];
  const read = await readKnown(deps.db, said);
  const merges = await Promise.all(said.map((one) => planCall(deps, one, read, now)));
  return merges.filter((merge) => merge !== undefined);
}
