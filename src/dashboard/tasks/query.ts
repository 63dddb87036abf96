/** What is chosen of the list; `late`: open, and its time has passed; `escalated`: open, and handed up. */
export const TASK_STATES = ["open", "late", "escalated", "completed", "closed"] as const;

export type TaskQuery = {
  /** Only what the visitor is to review next, or has begun. */
  mine: boolean;
  state: (typeof TASK_STATES)[number] | undefined;
};

const LIST = "/dashboard/tasks";

/** What the address of the list says. What it does not understand it leaves out. */
export function readTaskQuery({ whose, state }: Record<string, string>): TaskQuery {
  return { mine: whose === "me", state: TASK_STATES.find((one) => one === state) };
}

/** The address of the list, with some of it changed. */
export function tasksHref(asked: TaskQuery, changes: Partial<TaskQuery> = {}): string {
  const { mine, state } = { ...asked, ...changes };
  const params = new URLSearchParams({ ...(mine ? { whose: "me" } : {}), ...(state === undefined ? {} : { state }) });
  return params.size === 0 ? LIST : `${LIST}?${params.toString()}`;
}
