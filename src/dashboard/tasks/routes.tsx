import { Hono } from "hono";
import { readCallHeads } from "../../calls";
import { listCampaigns } from "../../campaigns";
import { may } from "../../identity";
import { listTasks } from "../../quality";
import { pageAnswer } from "../../ui/layout/page";
import { afterOf, positionOf, readCallQuery } from "../calls/filter";
import type { DashboardEnv } from "../deps";
import { needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { doneOf } from "../reviews/routes";
import { TASK_STATES, TaskListPage, type TaskState } from "./page";

const PAGE = 50;
const MOST_CAMPAIGNS = 500;

/** `/dashboard/tasks` */
export function taskRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/tasks", needs("tasks:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const asked = c.req.query("state");
    const state: TaskState = TASK_STATES.find((one) => one === asked);
    const position = positionOf(readCallQuery(new URL(c.req.url).searchParams));
    const after = position && { startedAt: position.startedAt, callId: position.id };
    const [found, campaigns, whole] = await Promise.all([
      listTasks(deps.db, {
        organizationId,
        reach,
        filter: state === undefined ? {} : { state },
        limit: PAGE + 1,
        ...(after ? { after } : {}),
      }),
      may(caller, "campaigns:read") ? listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }) : [],
      readWhole(deps.db, visitor, view.now),
    ]);
    const rows = found.rows.slice(0, PAGE);
    const last = rows.at(-1);
    const next =
      found.rows.length > PAGE && last ? { startedAt: last.startedAt, id: last.task.callId } : found.scannedTo;
    const ids = rows.map(({ task }) => task.callId);
    const heads =
      ids.length > 0 && may(caller, "calls:read") ? await readCallHeads(deps.db, { organizationId, reach, ids }) : [];
    const calls = new Map(heads.map((head) => [head.id, head]));
    const base = `/dashboard/tasks?${state === undefined ? "" : `state=${state}&`}`;
    return pageAnswer(
      <TaskListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows.map((row) => ({ ...row, call: calls.get(row.task.callId) }))}
        state={state}
        campaigns={campaigns}
        scannedTo={found.rows.length > PAGE ? null : (found.scannedTo?.startedAt ?? null)}
        firstHref={after ? base.slice(0, -1) : undefined}
        mayReview={may(caller, "reviews:write")}
        mayAssign={may(caller, "reviews:assign")}
        mayClose={may(caller, "reviews:assign") && may(caller, "calls:read")}
        href={after ? `${base}after=${afterOf({ startedAt: after.startedAt, id: after.callId })}` : base.slice(0, -1)}
        isQueueEmpty={c.req.query("none") !== undefined}
        done={doneOf(c.req.query())}
        nextHref={next ? `${base}after=${afterOf(next)}` : undefined}
      />,
    );
  });

  return routes;
}
