import { createRoute, z } from "@hono/zod-openapi";
import { DAY, toIso } from "../lib/time";
import {
  createSchedule,
  deleteSchedule,
  listRuns,
  listSchedules,
  newSchedule,
  PAUSED_BECAUSE,
  readSchedule,
  scheduleChanges,
  sendNow,
  updateSchedule,
  type NewSchedule,
  type PausedBecause,
  type RunRow,
  type ScheduleRow,
} from "../reports";
import { actOf, withinOf } from "./authenticate";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import type { Context } from "hono";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, pageOf } from "./shapes";

const common = { tags: ["Reports"], security: SECURED };

const EXAMPLE: z.input<typeof newSchedule> = {
  name: "The week by operator",
  report: { by: "operator" },
  every: "week",
  weekday: 1,
  hour: 8,
  time_zone: "America/Argentina/Buenos_Aires",
  recipients: [],
  tells_webhooks: true,
};

const schedule = z
  .object({
    id: z.string(),
    ...newSchedule.shape,
    paused: z.boolean(),
    paused_because: z
      .enum(PAUSED_BECAUSE)
      .nullable()
      .describe(
        "Why it stopped by itself: what its owner may do or reach is less than it was; null where a person stopped it.",
      ),
    owner: z.string().describe("Whose rights it has: the id of the member or key who changed it last."),
    next_at: z.iso.datetime().nullable(),
    last_sent_at: z.iso.datetime().nullable(),
    trouble: z
      .enum(["no_mail", "failed", "unclear", "gone"])
      .nullable()
      .describe(
        "The worst of the last sending: the deployment sends no mail, a letter was not taken, a crash left it unclear whether one was, or a recipient is no member any more or may not read reports.",
      ),
    created_at: z.iso.datetime(),
  })
  .openapi("ReportSchedule", {
    example: {
      id: "rps_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "The week by operator",
      report: { by: "operator" },
      every: "week",
      weekday: 1,
      hour: 8,
      time_zone: "America/Argentina/Buenos_Aires",
      recipients: [],
      tells_webhooks: true,
      paused: false,
      paused_because: null,
      owner: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      next_at: "2026-08-24T11:00:00.000Z",
      last_sent_at: null,
      trouble: null,
      created_at: "2026-08-20T14:00:00.000Z",
    },
  });

const run = z
  .object({
    id: z.string(),
    from: z.iso.date(),
    to: z.iso.date().describe("Not included."),
    state: z
      .enum(["open", "done", "stopped"])
      .describe("`stopped`: its owner had not the rights any more; the schedule says which."),
    letters: z
      .record(z.string(), z.enum(["waiting", "trying", "sent", "failed", "gone", "no_mail", "unclear"]))
      .describe("By the id of the member."),
    webhooks_told: z.boolean(),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .openapi("ReportRun", {
    example: {
      id: "rpr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      from: "2026-08-17",
      to: "2026-08-24",
      state: "done",
      letters: { usr_01k3a7w8q0m4x2c9v5b6n7p8r1: "sent" },
      webhooks_told: true,
      created_at: "2026-08-24T11:00:12.000Z",
      ended_at: "2026-08-24T11:00:13.000Z",
    },
  });

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the reports that are sent, newest first",
  description: "Who reaches the whole organization sees all of them, others their own.",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of schedules", ...json(listOf(schedule)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Have a report sent by itself",
  description:
    "By mail to members, with a link that works for a week, and to webhooks as `report.ready`. It has the rights of who asks, who has to be a member or an API key: where they lose some of what they reach now, it is paused. Each period is sent once.",
  request: { body: { required: true, ...json(newSchedule, EXAMPLE) } },
  responses: {
    201: { description: "The schedule", ...json(schedule) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read what is sent, and when",
  request: { params: idParam },
  responses: { 200: { description: "The schedule", ...json(schedule) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change, pause or resume a report that is sent",
  description: "From then on it has the rights of who changed it, but for who only pauses it.",
  request: { params: idParam, body: { required: true, ...json(scheduleChanges, { paused: true }) } },
  responses: {
    200: { description: "The schedule", ...json(schedule) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Stop sending a report for good",
  description: "Links that were sent open nothing any more.",
  request: { params: idParam },
  responses: { 204: { description: "It is deleted" }, ...failures(401, 403, 404) },
});

const send = createRoute({
  ...common,
  method: "post",
  path: "/{id}/send",
  summary: "Send a report now",
  description:
    "The one that was due last, also where it was sent already; within a minute. With the rights of its owner.",
  request: { params: idParam },
  responses: { 202: { description: "The sending", ...json(run) }, ...failures(401, 403, 404) },
});

const runs = createRoute({
  ...common,
  method: "get",
  path: "/{id}/runs",
  summary: "List how the sendings of a report went, newest first",
  request: { params: idParam, query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of sendings", ...json(listOf(run)) }, ...failures(401, 403, 404, 422) },
});

/** `/v1/report-schedules` */
export function reportScheduleRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await listSchedules(c.var.deps.db, askerOf(c), { limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewSchedule, ({ id }) => ({ id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const made = await createSchedule(c.var.deps.db, askerOf(c), c.req.valid("json"), actOf(c));
      return made.ok ? c.json(viewSchedule(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readSchedule(c.var.deps.db, { ...askerOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewSchedule(found.value), 200) : problem(c, found.error);
    })
    .openapi(change, async (c) => {
      const target = { ...askerOf(c), id: c.req.valid("param").id };
      const changed = await updateSchedule(c.var.deps.db, target, c.req.valid("json"), actOf(c));
      return changed.ok ? c.json(viewSchedule(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(remove, async (c) => {
      const gone = await deleteSchedule(c.var.deps.db, { ...askerOf(c), id: c.req.valid("param").id });
      return gone.ok ? c.body(null, 204) : problem(c, gone.error);
    })
    .openapi(send, async (c) => {
      const begun = await sendNow(c.var.deps.db, { ...askerOf(c), id: c.req.valid("param").id }, actOf(c));
      return begun.ok ? c.json(viewRun(begun.value), 202) : problem(c, begun.error);
    })
    .openapi(runs, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const found = await readSchedule(c.var.deps.db, { ...askerOf(c), id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const rows = await listRuns(c.var.deps.db, found.value, { limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewRun, ({ id }) => ({ id })),
        200,
      );
    });
}

function askerOf(c: Context<ApiEnv>) {
  return { ...withinOf(c), actor: c.var.caller.actor };
}

function viewSchedule(row: ScheduleRow): z.infer<typeof schedule> {
  return {
    id: row.id,
    name: row.name,
    report: row.report as NewSchedule["report"],
    every: row.every,
    weekday: row.weekday,
    hour: row.hour,
    time_zone: row.zone,
    recipients: row.recipients,
    tells_webhooks: row.tells,
    paused: row.paused,
    paused_because: row.pausedReason as PausedBecause | null,
    owner: row.owner.id,
    next_at: row.paused ? null : toIso(row.dueAt),
    last_sent_at: toIso(row.sentAt),
    trouble: row.trouble as z.infer<typeof schedule>["trouble"],
    created_at: toIso(row.createdAt),
  };
}

function viewRun(row: RunRow): z.infer<typeof run> {
  const dateOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
  return {
    id: row.id,
    from: dateOf(row.fromDay),
    to: dateOf(row.untilDay),
    state: row.state,
    letters: row.letters,
    webhooks_told: row.told,
    created_at: toIso(row.createdAt),
    ended_at: toIso(row.endedAt),
  };
}
