import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { exampleTask, taskSnapshot } from "../events";
import { assignCalls, changeTasks, listTasks, readTask, snapshotTask } from "../quality";
import { actOf, withinOf } from "./authenticate";
import { readTeam, type Within } from "../identity";
import { invalid, type DomainError } from "../errors";
import type { Result } from "../lib/result";
import { campaignIdOf, campaignName } from "./campaign-name";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { assignRequest } from "./reviews/shapes";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { sortQuery } from "./sort";
import { opinionRoutes } from "./task-opinions";
import { taskChangeOf, taskStateRequest } from "./task-state";
import { idParam, json, moment, scannedListOf, scannedPageOf, yesOrNo } from "./shapes";

const common = { tags: ["Tasks"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List tasks, by when their calls began",
  description:
    "A state or team is searched in at most 2,000 calls per page; `scanned_until` then says how far the search got.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ startedAt: z.number(), callId: z.string() })),
      ...sortQuery("started_at", "descending"),
      state: taskSnapshot.shape.state.optional(),
      campaign_id: campaignName.optional(),
      operator_id: z.string().max(200).optional(),
      team_id: z.string().max(200).optional(),
      assignee_id: z.string().max(200).optional().openapi({ description: "Who alone is to review it." }),
      reviewer_id: z.string().max(200).optional().openapi({
        description: "Who has begun a review of it, or is to review it next. What is done is not found by it.",
      }),
      due_before: moment.optional().openapi({ description: "Open, and to be done before this moment." }),
      assigned: yesOrNo.optional().openapi({ description: "`false`: what no team has." }),
      escalated: yesOrNo
        .optional()
        .openapi({ description: "`true`: it was handed up, and waits for somebody to decide or to choose." }),
      from: moment.optional().openapi({ description: "The call began at or after this moment." }),
      to: moment.optional().openapi({ description: "The call began before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "A page of tasks",
      ...json(scannedListOf(taskSnapshot), { data: [exampleTask], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a task",
  request: { params: idParam },
  responses: { 200: { description: "The task", ...json(taskSnapshot, exampleTask) }, ...failures(401, 403, 404) },
});

const assign = createRoute({
  ...common,
  method: "post",
  path: "/{id}/assign",
  summary: "Choose who reviews a call",
  description: "Who had it before and has not begun has it no more. Of a call that somebody is reviewing now: 409.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(assignRequest, { reviewer_id: null, due_at: "2026-08-22T15:00:00Z" }),
    },
  },
  responses: {
    200: { description: "The task", ...json(taskSnapshot, exampleTask) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const changeState = createRoute({
  ...common,
  method: "post",
  path: "/{id}/state",
  summary: "Close a task without a review, or open it again",
  description:
    "A closed task is nobody's to review, and who was given it has it no more. Of a call that somebody is reviewing now, or that was reviewed: 409.",
  request: {
    params: idParam,
    body: { required: true, ...json(taskStateRequest, { state: "closed", reason: "no_conversation" }) },
  },
  responses: {
    200: {
      description: "The task",
      ...json(taskSnapshot, {
        ...exampleTask,
        state: "closed",
        closed: { reason: "no_conversation", note: null, at: "2026-08-20T15:00:00.000Z" },
      }),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/tasks` */
export function taskRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const query = c.req.valid("query");
      const { limit, cursor, sort, campaign_id: named, operator_id: operatorId, ...others } = query;
      const {
        team_id: teamId,
        assignee_id: assigneeId,
        reviewer_id: reviewerId,
        due_before: dueBefore,
        ...rest
      } = others;
      const within = withinOf(c);
      const { organizationId } = within;
      if (teamId !== undefined && !(await readTeam(c.var.deps.db, { organizationId, id: teamId })).ok)
        return problem(c, invalid("team_id", "names no team of this organization"));
      const campaign = await campaignIdOf(c.var.deps.db, within, named);
      if (!campaign.ok) return problem(c, campaign.error);
      const filter = { ...rest, campaignId: campaign.value, operatorId, teamId, assigneeId, reviewerId, dueBefore };
      const found = await listTasks(c.var.deps.db, { ...within, filter, limit: limit + 1, after: cursor, order: sort });
      const page = scannedPageOf(
        found,
        limit,
        (row) => snapshotTask(row.task),
        (row) => ({ startedAt: row.startedAt, callId: row.task.callId }),
        (call) => ({ startedAt: call.startedAt, callId: call.id }),
      );
      return c.json(page, 200);
    })
    .openapi(read, async (c) => {
      const found = await readTask(c.var.deps.db, {
        ...withinOf(c),
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(snapshotTask(found.value), 200) : problem(c, found.error);
    })
    .openapi(assign, async (c) => {
      const { reviewer_id: reviewerId, due_at: dueAt } = c.req.valid("json");
      const choice = { reviewerId, dueAt };
      return answer(c, (page) => assignCalls(c.var.deps, { ...page, choice }, actOf(c)));
    })
    .openapi(changeState, async (c) => {
      const change = taskChangeOf(c.req.valid("json"));
      if (!change.ok) return problem(c, change.error);
      return answer(c, (page) => changeTasks(c.var.deps, { ...page, change: change.value }, actOf(c)));
    })
    .route("/", opinionRoutes());
}

/** Does to the call of the task what can be done to many, and answers with the task. */
async function answer(
  c: Context<ApiEnv, string, { out: { param: { id: string } } }>,
  act: (page: Within & { callIds: string[] }) => Promise<Map<string, Result<unknown, DomainError>>>,
) {
  const within = withinOf(c);
  const target = { ...within, id: c.req.valid("param").id };
  const found = await readTask(c.var.deps.db, target);
  if (!found.ok) return problem(c, found.error);
  const { callId } = found.value;
  const outcome = (await act({ ...within, callIds: [callId] })).get(callId);
  if (outcome && !outcome.ok) return problem(c, outcome.error);
  const after = await readTask(c.var.deps.db, target);
  return after.ok ? c.json(snapshotTask(after.value), 200) : problem(c, after.error);
}
