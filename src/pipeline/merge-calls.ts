import { erasedAmong, writtenOf, type MergePlan } from "../calls";
import { runBatch, type Database, type Statement } from "../db/client";
import { writeRows } from "../db/rows";
import { allEnded } from "../lib/all-ended";
import { acceptReleased } from "../sources";
import { writeRecords } from "./consequences";
import { followOf, type FollowDeps } from "./follow";
import { isReleased, planCall, type CallWrites, type Merge, type MergeDeps } from "./plan-call";
import { repeatsAmong } from "./judge-unheard";
import { readKnown } from "./read-known";
import type { CallNotices } from "./call-notices";

export type { MergeDeps } from "./plan-call";
export type { CallNotices, ReportedNotice } from "./call-notices";

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
 * Folds the notices into their calls and writes everything that follows in one batch of few statements, together with
 * `alongside` (the inbound log). A call that another writer changed meanwhile, or whose place somebody changed, is read
 * and folded again: no notice is lost, and nothing that depends on a lost write is written. What follows for the calls,
 * changed or not, is read in the same batch and done before this returns. Gives what was written, and which calls were
 * not, because they were erased.
 */
export async function mergeCalls(
  deps: MergeDeps & FollowDeps,
  reported: readonly CallNotices[],
  alongside: Alongside,
  now: number,
): Promise<{ written: MergePlan[]; erased: ReadonlySet<string> }> {
  const placed = new Map<string, PlacedCall>();
  const written: MergePlan[] = [];
  const erased = new Set<string>();
  const follows: (() => Promise<void>)[] = [];
  let open = reported;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const merges = await planAll(deps, open, now);
    for (const { plan } of merges) placed.set(plan.row.id, plan.row);
    const extra = alongside(placed, round === 0 ? undefined : new Set(open.map((one) => one.key.id)));
    const { first, later } = byReferences(merges);
    const next = followOf(
      deps,
      open.map((one) => one.key),
      now,
      writtenOf(first.map(({ plan }) => plan)),
    );
    const read = await writeAll(deps.db, extra, first, open.length > 0 ? [next.statement] : [], now);
    if (read) follows.push(() => next.follow(read));
    const wrote = new Set(next.asked(read).map(({ id }) => id));
    written.push(...first.map(({ plan }) => plan).filter(({ row }) => wrote.has(row.id)));
    open = [...first.filter(({ plan }) => !wrote.has(plan.row.id)), ...later].map((one) => one.reported);
    // An erased call cannot be written (db/erased-trigger.ts). Asked only of what was not, so that others pay nothing.
    const gone = await erasedAmong(
      deps.db,
      open.map((one) => one.key.id),
    );
    for (const id of gone) erased.add(id);
    open = open.filter((one) => !gone.has(one.key.id));
    if (open.length === 0) {
      await allEnded(follows.map((follow) => follow()));
      return { written, erased };
    }
  }
  throw new Error(`${open.length} calls were changed by others ${MAX_ROUNDS} times in a row`);
}

/** Writes the plans in one batch, whose last statement is `last`, if any. Gives the result of `last`. */
async function writeAll(
  db: Database,
  extra: readonly Statement[],
  merges: readonly Changing[],
  last: readonly Statement[],
  now: number,
): Promise<D1Result | undefined> {
  const writes = merges.map((merge) => merge.writes);
  const released = merges.map(({ plan }) => plan).filter(isReleased);
  const results = await runBatch(db, [
    ...extra,
    ...writeRows(
      db,
      writes.map(({ call }) => call),
    ),
    ...writeRows(
      db,
      writes.flatMap(({ dependents }) => dependents),
    ),
    ...writeRecords(
      db,
      writes.map(({ record }) => record),
      now,
    ),
    ...acceptReleased(
      db,
      released.map(({ row }) => row),
    ),
    ...last,
  ]);
  return last.length > 0 ? results.at(-1) : undefined;
}

type Changing = Merge & { writes: CallWrites };

/**
 * Calls that may be written now, and calls to be read again after these: their reference was not assigned, and a call
 * before them in the batch assigns it to another operator than theirs.
 */
function byReferences(merges: readonly Merge[]): { first: Changing[]; later: Changing[] } {
  const learned = new Map<string, string | null>();
  const first: Changing[] = [];
  const later: Changing[] = [];
  for (const merge of merges) {
    const { writes } = merge;
    if (!writes) continue;
    const { newReference } = writes;
    const { key, operatorId = null, isLearned = false } = newReference ?? {};
    const isTaken = key !== undefined && learned.has(key) && learned.get(key) !== operatorId;
    if (key !== undefined && isLearned && !isTaken) learned.set(key, operatorId);
    (isTaken ? later : first).push({ ...merge, writes });
  }
  return { first, later };
}

async function planAll(deps: MergeDeps, reported: readonly CallNotices[], now: number): Promise<Merge[]> {
  if (reported.length === 0) return [];
  const read = await readKnown(deps.db, reported);
  const planned = await Promise.all(reported.map((one) => planCall(deps, one, read, now)));
  const merges = planned.filter((merge) => merge !== undefined);
  const repeats = await repeatsAmong(
    deps,
    merges.flatMap(({ toJudge }) => toJudge ?? []),
  );
  return Promise.all(
    merges.map(async ({ reported: given, plan, write }) =>
      write ? { reported: given, plan, writes: await write(repeats) } : { reported: given, plan },
    ),
  );
}
