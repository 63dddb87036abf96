import { and, eq, inArray, sql, type SQL } from "drizzle-orm";
import { readCall } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { insertRow, type RowWrite } from "../db/rows";
import { callActions } from "../db/schema";
import { NUDGE_AFTER, type Work } from "../db/work";
import { notFound, type DomainError } from "../errors";
import { recordAct, type Act, type Permission, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { DAY, MINUTE } from "../lib/time";
import type { Nudges } from "../queues/senders";
import { valueList } from "../db/value-list";
import { lackingToRepeat } from "./rights";
import { isOver, stepsOf } from "./step";

export type CallActionsRow = typeof callActions.$inferSelect;

export const actionWork: Work<typeof callActions> = {
  table: callActions,
  key: ["callId"],
  open: sql`${callActions.state} = 'pending'`,
  // A lane begins nothing new after a few minutes, and a question to a model may take two.
  lease: 16 * MINUTE,
};

/** After this long what has not ended is given up: longer than all retries of a request take. */
const GIVE_UP_AFTER = DAY;

/** The row of a call's actions. `waiting`: its findings have not ended, and its report did not wait for them. */
export function newCallActions(
  call: { id: string; organizationId: string },
  state: "waiting" | "pending",
  now: number,
): CallActionsRow {
  return {
    callId: call.id,
    organizationId: call.organizationId,
    state,
    steps: null,
    dueAt: now,
    attempts: 0,
    leaseUntil: 0,
    claims: 0,
    nudgeAfter: NUDGE_AFTER,
    giveUpAt: now + GIVE_UP_AFTER,
    createdAt: now,
    completedAt: null,
  };
}

/** The write that begins the actions of a call, or has them wait, where `guard` is true. They are begun once. */
export function startActions(row: CallActionsRow, guard: SQL): RowWrite {
  return insertRow(
    callActions,
    row,
    guard,
    row.state === "waiting"
      ? sql`ON CONFLICT DO NOTHING`
      : sql`ON CONFLICT DO UPDATE SET state = 'pending', due_at = excluded.due_at, give_up_at = excluded.give_up_at
        WHERE call_actions.state = 'waiting'`,
  );
}

/** Whether actions keep a call from being reported: they have not ended once. */
export function isFirstRun(row: Pick<CallActionsRow, "state" | "completedAt"> | undefined): boolean {
  return row?.state === "pending" && row.completedAt === null;
}

/** The actions of a call within reach; undefined where it has none. */
export async function readCallActions(
  db: Database,
  target: Within & { callId: string },
): Promise<Result<CallActionsRow | undefined, DomainError>> {
  // Both at once: the page of a call has few round trips to spend.
  const [call, row] = await Promise.all([readCall(db, { ...target, id: target.callId }), actionsOfCall(db, target)]);
  return call.ok ? ok(row) : call;
}

/** The same for who reads the call itself beside: whether they reach it is not asked again. */
export async function actionsOfCall(
  db: Database,
  { callId, organizationId }: { callId: string; organizationId: string },
): Promise<CallActionsRow | undefined> {
  return db
    .select()
    .from(callActions)
    .where(and(eq(callActions.callId, callId), eq(callActions.organizationId, organizationId)))
    .get();
}

const AT_WORK: DomainError = {
  kind: "conflict",
  message: "The actions of this call are at work. Try again when they have ended.",
};
const NOTHING_FAILED: DomainError = { kind: "conflict", message: "No action of this call has failed." };

/**
 * Has failed actions of a call done again, one or all of them. What comes of it is told by `call.updated`. Those that were
 * completed or skipped stay so. `allows`: what whoever asks is allowed, since each kind is done with rights of its own.
 */
export async function retryCallActions(
  { db, nudges }: { db: Database; nudges: Pick<Nudges, "actions"> },
  target: Within & { callId: string; actionId?: string | undefined },
  allows: (permission: Permission) => boolean,
  act: Act,
): Promise<Result<CallActionsRow, DomainError>> {
  const found = await readCallActions(db, target);
  if (!found.ok) return found;
  const row = found.value;
  const steps = row ? stepsOf(row) : null;
  const { callId, organizationId, actionId } = target;
  if (!row || !steps) return err(row ? AT_WORK : notFound("action"));
  if (actionId !== undefined && !steps.some(({ action }) => action.id === actionId)) return err(notFound("action"));
  if (row.state !== "completed") return err(AT_WORK);
  const again = steps.map((step) =>
    step.state === "failed" && (actionId === undefined || step.action.id === actionId)
      ? {
          ...step,
          state: "waiting" as const,
          reason: null,
          tries: 0,
          retryAt: null,
          startedAt: null,
          endedAt: null,
          spent: null,
        }
      : step,
  );
  const open = again.filter((step) => !isOver(step)).map(({ action }) => action);
  const ids = open.map(({ id }) => id);
  if (ids.length === 0) return err(NOTHING_FAILED);
  const lacking = lackingToRepeat(
    open.map(({ kind }) => kind),
    allows,
  );
  if (lacking) return err({ kind: "permission_missing", permission: lacking });
  const what = { organizationId, action: "call.actions_retried" as const, resourceType: "call", resourceIds: [callId] };
  await recordAct(db, { ...what, after: { actions: ids } }, act);
  const set = {
    state: "pending" as const,
    steps: again,
    dueAt: act.now,
    attempts: 0,
    leaseUntil: 0,
    nudgeAfter: NUDGE_AFTER,
  };
  const [written] = await runBatch(db, [
    db
      .update(callActions)
      .set({ ...set, giveUpAt: act.now + GIVE_UP_AFTER })
      .where(
        and(
          eq(callActions.callId, callId),
          eq(callActions.claims, row.claims),
          sql`${callActions.state} = 'completed'`,
        ),
      ),
  ]);
  if (changesOf(written) === 0) return err(AT_WORK);
  await nudges.actions([{ organizationId }]);
  return ok({ ...row, ...set });
}

/**
 * A statement that takes from actions of calls what was answered: it may quote what was said. What SQLite cannot read, as
 * it is nested too deep, goes whole.
 */
export function withoutAnswers(db: Database, of: { organizationId: string; ids: readonly string[] }) {
  return db
    .update(callActions)
    .set({
      steps: sql`CASE WHEN json_valid(${callActions.steps})
        THEN (SELECT json_group_array(json_set(step.value, '$.result', NULL)) FROM json_each(${callActions.steps}) AS step)
        ELSE '[]' END`,
    })
    .where(
      and(
        eq(callActions.organizationId, of.organizationId),
        inArray(callActions.callId, valueList(of.ids)),
        sql`${callActions.steps} IS NOT NULL`,
        sql`${callActions.state} = 'completed'`,
      ),
    );
}

/** SQL that is true for calls, by `calls`, whose actions have answers, or something that SQLite cannot read. */
export function hasAnswers(): SQL {
  return sql`EXISTS (SELECT 1 FROM ${callActions} AS acted WHERE acted.call_id = calls.id AND acted.state = 'completed'
    AND (json_valid(acted.steps) = 0 OR EXISTS (
      SELECT 1 FROM json_each(iif(json_valid(acted.steps), acted.steps, '[]')) AS step WHERE step.value ->> 'result' IS NOT NULL)))`;
}
