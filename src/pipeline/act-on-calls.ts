import { sql, type SQL } from "drizzle-orm";
import {
  activeActions,
  actionWork,
  holdsFor,
  isOver,
  newStep,
  ofRules,
  runAction,
  snapshotActions,
  stepsOf,
  type ActedCall,
  type CallActionsRow,
  type RunDeps,
  type Step,
} from "../actions";
import {
  knownOfWholeCall,
  maskAnswers,
  snapshotAnalysis,
  type KnownOfCall,
  type PiiKind,
  type Refund,
} from "../analysis";
import { snapshotCall } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { writeRows } from "../db/rows";
import { callActions } from "../db/schema";
import { claimDue, claimExpired, endedBy, endWork, expiredWork, postpone, removeWork } from "../db/work";
import { neverRecorded, type GuardedEvent } from "../events";
import { MINUTE, SECOND } from "../lib/time";
import {
  MAX_FILE_ROUNDS,
  readCallFile,
  recordingView,
  recordOf,
  unchanged,
  writeRecords,
  type CallFile,
} from "./consequences";
import { followOf, type FollowDeps } from "./follow";
import { keepSteps } from "./keep-steps";
import { payFor } from "./pay-for-question";

// The actions of an organization have a lane of their own: a slow server of one keeps no other waiting. In the lane calls are
// done side by side, the actions of a call one after the other.

export type ActDeps = RunDeps &
  FollowDeps & {
    /** The channel of a source's recordings that carries the operator. */
    operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
  };

/** Calls of one organization whose actions are under way. */
export const ACTING_AT_ONCE = 4;
/** When an action is tried again; after the last it has failed. */
export const ACTION_WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];
/** Claims of a call's actions in a row that ended without a word of it: what takes the process with it must end. */
const MOST_CRASHES = 4;

/**
 * Does the due actions of one organization until none is due, or `until`. `woken` resolves when there may be more. Returns
 * when to look again, if any are left.
 */
export async function actOnCalls(
  deps: ActDeps,
  organizationId: string,
  { until, woken }: { until: number; woken(): Promise<void> },
): Promise<number | undefined> {
  const running = new Set<Promise<void>>();
  for (;;) {
    const free = deps.now() < until ? ACTING_AT_ONCE - running.size : 0;
    const ofIt = sql`${callActions.organizationId} = ${organizationId}`;
    const begun = free > 0 ? await claimDue(deps.db, actionWork, deps.now(), free, ofIt) : [];
    for (const row of begun) {
      const work = orLetGo(deps, row, () => actOnCall(deps, row, until)).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size === 0) return free === 0 ? deps.now() : nextDue(deps.db, organizationId);
    await Promise.race([...running, woken()]);
  }
}

/** When the next actions of an organization are due, or somebody's claim on them is over. */
async function nextDue(db: Database, organizationId: string): Promise<number | undefined> {
  const [row] = await db.all<{ due: number | null }>(sql`SELECT min(max(due_at, lease_until)) AS due FROM ${callActions}
    WHERE state = 'pending' AND organization_id = ${organizationId}`);
  return row?.due ?? undefined;
}

/** What fails for reasons of the platform is tried again a minute later. */
async function orLetGo({ db, now }: ActDeps, claimed: CallActionsRow, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    console.error(JSON.stringify({ event: "actions.failed", callId: claimed.callId, error: String(cause) }));
    await runBatch(db, [postpone(db, actionWork, claimed, now() + MINUTE, {})]).catch(() => undefined);
  }
}

/** Does what is due of the actions of one call that are claimed. */
export async function actOnCall(deps: ActDeps, claimed: CallActionsRow, until: number): Promise<void> {
  const { db } = deps;
  const file = await readCallFile(db, claimed.callId);
  if (!file) {
    await runBatch(db, [removeWork(db, actionWork, claimed)]);
    return;
  }
  const steps = stepsOf(claimed) ?? (await activeActions(db, file.call.campaignId)).map(newStep);
  const acted = actedOf(file);
  const know = knowing(deps, file, steps);
  let row = claimed;
  if (claimed.attempts > MOST_CRASHES) {
    endFirstOpen(steps, "crashed: it ended the process that did it, again and again", deps.now());
    // Written before the next begins: should that one end the process too, this one is not begun again.
    const kept = await keepSteps(deps, row, steps);
    if (!kept) return;
    row = kept;
  }
  let cutOff = false;
  for (const [at, step] of steps.entries()) {
    const earlier = steps.slice(0, at);
    if (isOver(step) || isLater(step, deps.now()) || waitsForAnother(step, earlier)) continue;
    if (deps.now() >= until) {
      cutOff = true;
      break;
    }
    const next = await tryStep(deps, acted, row, steps, at, await know());
    if (!next) return;
    row = next.row;
    // Before it is stored, and before the next action posts it: an answer may repeat what was said.
    steps[at] = maskAnswers(next.step, takenOut(file));
    if (next.refund === undefined && steps.every(isOver)) break;
    const kept = await keepSteps(deps, row, steps, next.refund);
    if (!kept) return;
    row = kept;
  }
  if (steps.every(isOver)) return endActions(deps, row, steps);
  const waits = steps.flatMap(({ state, retryAt }) => (state === "waiting" && retryAt !== null ? [retryAt] : []));
  const dueAt = cutOff || waits.length === 0 ? deps.now() : Math.min(...waits);
  await runBatch(db, [postpone(db, actionWork, row, dueAt, { steps, attempts: 0 })]);
}

/** A call as its actions see it. */
export function actedOf(file: CallFile): ActedCall {
  const { call, analyses, recordings, rules } = file;
  return {
    call,
    analyses,
    recordings: recordings.map((one) => recordingView(file, one)),
    analysisViews: analyses.map(snapshotAnalysis),
    policy: rules.policy,
  };
}

/** What rules' conditions need to know of the call: read once, and only where one of the actions asks for it. */
export function knowing(
  deps: Pick<ActDeps, "db" | "bucket" | "operatorChannel">,
  { call, analyses }: CallFile,
  steps: readonly Step[],
): () => Promise<KnownOfCall | null> {
  const asked = steps.map(({ action }) => ({ conditions: ofRules(action.when) }));
  let known: Promise<KnownOfCall> | undefined;
  return async () => {
    if (asked.every(({ conditions }) => conditions.length === 0)) return null;
    known ??= (async () => {
      const isStereo = analyses.some(
        ({ findings }) => ((findings as { channels?: unknown[] } | null)?.channels?.length ?? 0) > 1,
      );
      const source = { organizationId: call.organizationId, id: call.sourceId };
      const operatorChannel = isStereo ? await deps.operatorChannel(source) : null;
      return knownOfWholeCall(deps, { call, analyses, operatorChannel }, asked);
    })();
    return known;
  };
}

/** It is to be tried again, and not yet. */
function isLater({ retryAt }: Step, now: number): boolean {
  return retryAt !== null && retryAt > now;
}

/** One whose conditions ask for an answer that is still awaited. The others do not wait for a server of one of them. */
export function waitsForAnother({ action }: Step, earlier: readonly Step[]): boolean {
  return action.when.some(
    (one) => one.kind === "answer" && earlier.some((step) => step.action.name === one.action && !isOver(step)),
  );
}

function endFirstOpen(steps: Step[], reason: string, now: number): void {
  const at = steps.findIndex((step) => !isOver(step));
  if (at >= 0) steps[at] = { ...steps[at]!, state: "failed", reason, retryAt: null, endedAt: now };
}

/** One try at an action that is due; undefined where the claim was lost. */
async function tryStep(
  deps: ActDeps,
  acted: ActedCall,
  row: CallActionsRow,
  steps: Step[],
  at: number,
  known: KnownOfCall | null,
): Promise<{ row: CallActionsRow; step: Step; refund?: Refund } | undefined> {
  const step = steps[at]!;
  const began = deps.now();
  const earlier = steps.slice(0, at);
  const holds = holdsFor(step.action.when, acted.call, known, earlier);
  if (holds !== true) {
    const reason =
      holds === null ? "unknown: a condition cannot be known of this call" : "conditions: they do not hold";
    return { row, step: { ...step, state: "skipped", reason, endedAt: began } };
  }
  const started = { ...step, startedAt: step.startedAt ?? began };
  const paid = await payFor(deps, acted, row, steps, at, started);
  if (paid === undefined) return undefined;
  if ("capped" in paid) {
    const reason = "spend_cap: the organization's limit for this month would be passed";
    return { row, step: { ...started, state: "failed", reason, endedAt: deps.now() } };
  }
  const outcome = await runAction(deps, acted, paid.step, earlier);
  const ended = deps.now();
  if (outcome.kind === "done") {
    // Later conditions see the tags that this one gave.
    if (step.action.kind === "tag") acted.call = { ...acted.call, tags: (outcome.result as { tags: string[] }).tags };
    const done = { state: "completed" as const, reason: null, retryAt: null, endedAt: ended, result: outcome.result };
    return { row: paid.row, step: { ...paid.step, ...done } };
  }
  const { reason, result = paid.step.result } = outcome;
  const wait = outcome.kind === "again" ? ACTION_WAITS[paid.step.tries] : undefined;
  const tried = { ...paid.step, tries: paid.step.tries + 1, reason, result };
  if (wait !== undefined) return { row: paid.row, step: { ...tried, retryAt: ended + wait } };
  const failed: Step = { ...tried, state: "failed", retryAt: null, endedAt: ended };
  if (outcome.unbilled !== true || failed.spent === null) return { row: paid.row, step: failed };
  const refund = { organizationId: row.organizationId, ...failed.spent };
  return { row: paid.row, step: { ...failed, spent: null }, refund };
}

/**
 * Writes the end of a call's actions, and what it leads to: `call.processed`, where nothing else of the call is open and it
 * was not reported yet, else `call.updated` with the results.
 */
async function endActions(deps: ActDeps, claimed: CallActionsRow, steps: readonly Step[]): Promise<void> {
  const { db, bucket } = deps;
  const { callId, organizationId } = claimed;
  for (let round = 0; round < MAX_FILE_ROUNDS; round += 1) {
    const now = deps.now();
    const file = await readCallFile(db, callId);
    if (!file || file.actions?.state !== "pending" || file.actions.claims !== claimed.claims) return;
    // Engines hear masked words; what servers answered may repeat what they were told by somebody else.
    const kept = maskAnswers(steps, takenOut(file));
    const set = { state: "completed" as const, steps: kept, completedAt: claimed.completedAt ?? now };
    const after: CallFile = { ...file, actions: { ...claimed, ...set } };
    const guard = endedBy(actionWork, claimed, sql`state = 'completed'`);
    const record = await recordOf(bucket, after, { facts: [updateOf(after)], rows: [] }, guard, now);
    const next = followOf(deps, [{ id: callId, organizationId }], now);
    const results = await runBatch(db, [
      ...writeRows(db, [endWork(actionWork, claimed, set, unchanged(file))]),
      ...writeRecords(db, [record], now),
      next.statement,
    ]);
    if (changesOf(results[0]) === 0) continue;
    await next.follow(results.at(-1));
    return;
  }
  throw new Error(`the call ${callId} was changed by others ${MAX_FILE_ROUNDS} times in a row`);
}

/** What is taken out of a call: what its campaign says, and what was taken out of it before. */
function takenOut({ call, rules }: CallFile): PiiKind[] {
  return [...new Set([...rules.redact, ...(call.unmasked?.kinds ?? [])])];
}

/** What is told where the call was reported before its actions had ended, or they were done again. */
function updateOf({ call, actions }: CallFile): GuardedEvent {
  const data = { call: snapshotCall(call), changed: ["actions"], actions: snapshotActions(actions) };
  const wasReported: SQL = sql`NOT (${neverRecorded(call.id, "call.processed")})`;
  return { type: "call.updated", data, when: wasReported };
}

const AT_ONCE = 100;

/** Ends the actions whose time is over, with what they have come to. */
export async function giveUpActions(deps: ActDeps, now: number): Promise<void> {
  for (const { callId, organizationId } of await expiredWork(deps.db, actionWork, now, AT_ONCE)) {
    const claimed = await claimExpired(deps.db, actionWork, { callId, organizationId }, now);
    if (!claimed) continue;
    const steps = (stepsOf(claimed) ?? []).map((step) =>
      isOver(step)
        ? step
        : { ...step, state: "failed" as const, reason: step.reason ?? "gave_up", retryAt: null, endedAt: now },
    );
    await endActions(deps, claimed, steps);
  }
}
