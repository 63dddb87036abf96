import { z } from "zod";
import type { callActions } from "../db/schema";
import type { ActionResultSnapshot } from "../events";
import { toIso } from "../lib/time";
import { postCallAction, type KeptAction } from "./action";

type Row = typeof callActions.$inferSelect;

const kept = postCallAction.transform((action): KeptAction => ({ ...action, id: action.id ?? "" }));

/** An action as it was when the findings of a call had ended, and what came of it. */
const step = z.object({
  action: kept,
  state: z.enum(["waiting", "completed", "failed", "skipped"]),
  reason: z.string().nullable(),
  /** Tries that ended without success, and when the next one is; null while it has not begun. */
  tries: z.number().int(),
  retryAt: z.number().nullable(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  result: z.unknown(),
  /** What a question cost, in the month in which it was counted: before it is sent, and once. */
  spent: z.object({ engine: z.string(), audioMs: z.number(), micros: z.number(), month: z.number() }).nullable(),
});

const stepList = z.array(step);

export type Step = z.output<typeof step>;

/** The steps of a call; null where they have not begun. */
export function stepsOf({ steps }: Pick<Row, "steps">): Step[] | null {
  return steps === null ? null : (stepList.safeParse(steps).data ?? []);
}

export function newStep(action: KeptAction): Step {
  return {
    action,
    state: "waiting",
    reason: null,
    tries: 0,
    retryAt: null,
    startedAt: null,
    endedAt: null,
    result: null,
    spent: null,
  };
}

export function isOver({ state }: Pick<Step, "state">): boolean {
  return state !== "waiting";
}

/** What is said of an action that is not over when the call is reported. */
const NOT_OVER = "not_over: it had not ended when the call was reported";

/** The public shape of what came of a call's actions. */
export function snapshotActions(row: Pick<Row, "steps"> | undefined): ActionResultSnapshot[] {
  return (row ? (stepsOf(row) ?? []) : []).map((one) => ({
    id: one.action.id,
    name: one.action.name,
    kind: one.action.kind,
    state: one.state === "waiting" ? "pending" : one.state,
    reason: one.reason ?? (one.state === "waiting" ? NOT_OVER : null),
    started_at: toIso(one.startedAt),
    ended_at: toIso(one.endedAt),
    result: one.result ?? null,
  }));
}
