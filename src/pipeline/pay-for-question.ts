import { and, sql } from "drizzle-orm";
import { actionWork, spendingOf, type ActedCall, type CallActionsRow, type RunDeps, type Step } from "../actions";
import { readSpendCap } from "../analysis";
import { changesOf, runBatch } from "../db/client";
import { callActions, engineSpend } from "../db/schema";
import { stillMine } from "../db/work";

/** The step with what it costs, or that this is more than the limit leaves. */
export type Paid = { row: CallActionsRow; step: Step } | { capped: true };

/**
 * Counts what a question costs before it is asked, in one batch with the step that says so, within the organization's
 * limit: after a crash it is not counted again.
 */
export async function payFor(
  deps: RunDeps,
  acted: ActedCall,
  row: CallActionsRow,
  steps: readonly Step[],
  at: number,
  step: Step,
): Promise<Paid | undefined> {
  const { db } = deps;
  if (step.spent !== null) return { row, step };
  const spent = await spendingOf(deps, acted, step, deps.now());
  if (spent === null || spent.micros === 0) return { row, step };
  const { organizationId } = row;
  const reserved = { ...step, spent };
  const packed = JSON.stringify(steps.map((one, place) => (place === at ? reserved : one)));
  const cap = await readSpendCap(db, organizationId);
  const sum = sql`(SELECT coalesce(sum(micros), 0) FROM ${engineSpend}
    WHERE organization_id = ${organizationId} AND month = ${spent.month})`;
  const isAllowed = cap === null ? undefined : sql`${sum} + ${spent.micros} <= ${cap}`;
  const mine = stillMine(actionWork, row);
  const [noted] = await runBatch(db, [
    db.run(sql`UPDATE ${callActions} SET steps = ${packed} WHERE ${and(mine, isAllowed)}`),
    db.run(sql`INSERT INTO ${engineSpend} (organization_id, month, engine, audio_ms, micros)
      SELECT ${organizationId}, ${spent.month}, ${spent.engine}, ${spent.audioMs}, ${spent.micros}
      WHERE EXISTS (SELECT 1 FROM ${callActions} WHERE ${and(mine, sql`steps = ${packed}`)})
      ON CONFLICT DO UPDATE SET audio_ms = audio_ms + excluded.audio_ms, micros = micros + excluded.micros`),
  ]);
  if (changesOf(noted) > 0) return { row, step: reserved };
  const still = await db.select({ id: callActions.callId }).from(callActions).where(mine);
  return still.length > 0 ? { capped: true } : undefined;
}
