import { Hono } from "hono";
import { readCallHeads } from "../../calls";
import { listCampaigns } from "../../campaigns";
import { actorText, may } from "../../identity";
import { listTasks } from "../../quality";
import { namesOfReports } from "../../reports";
import { pageAnswer } from "../../ui/layout/page";
import { afterOf, positionOf, readCallQuery } from "../calls/filter";
import type { DashboardEnv } from "../deps";
import { needs } from "../forms";
import { frameOf, readWhole } from "../frame";
import { doneOf } from "../reviews/routes";
import { TaskListPage } from "./page";
import { readTaskQuery, tasksHref } from "./query";

const PAGE = 50;
const MOST_CAMPAIGNS = 500;

/** `/dashboard/tasks` */
export function taskRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/tasks", needs("tasks:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const { caller } = visitor;
    const { organizationId, reach } = caller;
    const asked = readTaskQuery(c.req.query());
    const position = positionOf(readCallQuery(new URL(c.req.url).searchParams));
    const after = position && { startedAt: position.startedAt, callId: position.id };
    const filter = {
      ...(asked.state === undefined || asked.state === "late" || asked.state === "escalated"
        ? {}
        : { state: asked.state }),
      ...(asked.state === "escalated" ? { escalated: true } : {}),
      ...(asked.state === "late" ? { dueBefore: view.now } : {}),
      ...(asked.mine ? { reviewerId: actorText(caller.actor) } : {}),
    };
    const [found, campaigns, whole] = await Promise.all([
      listTasks(deps.db, { organizationId, reach, filter, limit: PAGE + 1, ...(after ? { after } : {}) }),
      may(caller, "campaigns:read") ? listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }) : [],
      readWhole(deps.db, visitor),
    ]);
    const rows = found.rows.slice(0, PAGE);
    const last = rows.at(-1);
    const next =
      found.rows.length > PAGE && last ? { startedAt: last.startedAt, id: last.task.callId } : found.scannedTo;
    const ids = rows.map(({ task }) => task.callId);
    const [heads, names] = await Promise.all([
      ids.length > 0 && may(caller, "calls:read") ? readCallHeads(deps.db, { organizationId, reach, ids }) : [],
      namesOfReports(deps.db, organizationId, { reviewer: rows.flatMap(({ task }) => task.assigneeId ?? []) }),
    ]);
    const calls = new Map(heads.map((head) => [head.id, head]));
    const here = tasksHref(asked);
    const at = (place: { startedAt: number; id: string }) =>
      `${here}${here.includes("?") ? "&" : "?"}after=${afterOf(place)}`;
    return pageAnswer(
      <TaskListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows.map((row) => ({ ...row, call: calls.get(row.task.callId) }))}
        asked={asked}
        names={names}
        campaigns={campaigns}
        scannedTo={found.rows.length > PAGE ? null : (found.scannedTo?.startedAt ?? null)}
        firstHref={after ? here : undefined}
        mayReview={may(caller, "reviews:write")}
        mayAssign={may(caller, "reviews:assign")}
        mayClose={may(caller, "reviews:assign") && may(caller, "calls:read")}
        href={after ? at({ startedAt: after.startedAt, id: after.callId }) : here}
        isQueueEmpty={c.req.query("none") !== undefined}
        done={doneOf(c.req.query())}
        nextHref={next ? at(next) : undefined}
      />,
    );
  });

  return routes;
}
