import { sql } from "drizzle-orm";
import {
  bodyOf,
  holdsFor,
  newStep,
  previewOf,
  runQuestion,
  spendingOf,
  type ActionPreview,
  type ActionDeps,
  type KeptAction,
  type Step,
} from "../actions";
import { countSpend, giveBack, type LoadDeps } from "../analysis";
import { readCall } from "../calls";
import type { CampaignTarget } from "../campaigns";
import { runBatch, type Database } from "../db/client";
import { writeRow } from "../db/rows";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import { actedOf, knowing, waitsForAnother } from "./act-on-calls";
import { readCallFile } from "./consequences";

export type TryActionsDeps = ActionDeps &
  LoadDeps & {
    db: Database;
    bucket: R2Bucket;
    operatorChannel(source: { organizationId: string; id: string }): Promise<number>;
    now(): number;
  };

/** What one action would do with a call. `holds` null: a condition cannot be known, or asks for an answer nobody asked for. */
export type TriedAction = { action: KeptAction; holds: boolean | null; would: ActionPreview };

/** `recordings`: whether they are shown, as they would be sent. */
type Tried = { callId: string; actions: readonly KeptAction[]; ask: boolean; recordings: boolean };

/**
 * Tries actions on a call that is there: whether each would be done, and what. Nothing is written or sent, but for `ask`:
 * then engines are asked, their answers shown, and what that costs is counted.
 */
export async function tryActions(
  deps: TryActionsDeps,
  target: CampaignTarget,
  { callId, actions, ask, recordings }: Tried,
): Promise<Result<TriedAction[], DomainError>> {
  const { organizationId, reach } = target;
  const call = await readCall(deps.db, { organizationId, reach, id: callId });
  if (!call.ok) return err(notFound("call"));
  const file = await readCallFile(deps.db, callId);
  if (!file) return err(notFound("call"));
  const acted = actedOf(recordings ? file : { ...file, recordings: [] });
  const steps = actions.map(newStep);
  const known = await knowing(deps, file, steps)();
  const tried: TriedAction[] = [];
  for (const [at, step] of steps.entries()) {
    const { action } = step;
    const earlier = steps.slice(0, at);
    const holds = waitsForAnother(step, earlier) ? null : holdsFor(action.when, acted.call, known, earlier);
    const answered = ask && holds === true && action.kind === "ask" ? await asked(deps, acted, step) : undefined;
    steps[at] = answered ?? (holds === false ? { ...step, state: "skipped" } : step);
    const body = action.kind === "webhook" ? bodyOf(acted, action, earlier, deps.now()) : null;
    tried.push({ action, holds, would: await previewOf(deps, acted, steps[at], body) });
  }
  return ok(tried);
}

/** The step once its engine was asked, as a call's would be. */
async function asked(deps: TryActionsDeps, acted: ReturnType<typeof actedOf>, step: Step): Promise<Step> {
  const now = deps.now();
  const spent = await spendingOf(deps, acted, step, now);
  if (spent !== null && !(await countSpend(deps.db, acted.call.organizationId, spent)))
    return { ...step, state: "failed", reason: "spend_cap: the organization's limit for this month would be passed" };
  const outcome = await runQuestion(deps, acted, step);
  if (spent !== null && spent.micros > 0 && outcome.kind !== "done" && outcome.unbilled === true) {
    const { organizationId } = acted.call;
    await runBatch(deps.db, [writeRow(deps.db, giveBack({ organizationId, ...spent }, sql`TRUE`))]);
  }
  return outcome.kind === "done"
    ? { ...step, state: "completed", result: outcome.result }
    : { ...step, state: "failed", reason: outcome.reason };
}
