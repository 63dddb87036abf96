import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../lib/time";
import { endAbsence, listReviewers, setAbsence, type Reviewer } from "../quality";
import { actOf, withinOf } from "./authenticate";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, wholeOf } from "./shapes";

const reviewer = z
  .object({
    id: z.string(),
    name: z.string(),
    open_tasks: z.number().int().describe("Open tasks that are theirs."),
    overdue_tasks: z.number().int().describe("Those of them whose time is over."),
    away: z.boolean().describe("Whether rules give them nothing at present."),
    away_until: z.iso.datetime().nullable().describe("Until when; null until further notice, or where they are here."),
  })
  .openapi("Reviewer", {
    example: {
      id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "Ana Ruiz",
      open_tasks: 12,
      overdue_tasks: 1,
      away: false,
      away_until: null,
    },
  });

const common = { tags: ["Reviews"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List who may review, by name",
  description:
    "The members whose role lets them review, with what is theirs and whether they are away. With a limited reach: those who reach some of it, and what is theirs of it.",
  responses: { 200: { description: "All of them", ...json(listOf(reviewer)) }, ...failures(401, 403) },
});

const setAway = createRoute({
  ...common,
  method: "put",
  path: "/{id}/absence",
  summary: "Say that a reviewer is away",
  description:
    "Rules give them nothing until then. What they have begun stays theirs. For whoever reaches the whole organization.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({
          until: z.iso
            .datetime({ offset: true })
            .transform((text) => Date.parse(text))
            .nullable()
            .default(null)
            .openapi({ type: ["string", "null"] as never, format: "date-time" })
            .describe("Until when; null until further notice."),
          hand_on: z
            .boolean()
            .default(false)
            .describe("Whether others are given what they have not begun: by the rules, or from the queue."),
        }),
        { until: "2026-09-01T08:00:00Z", hand_on: true },
      ),
    },
  },
  responses: { 204: { description: "They are away" }, ...failures(400, 401, 403, 404, 415, 422) },
});

const setBack = createRoute({
  ...common,
  method: "delete",
  path: "/{id}/absence",
  summary: "Say that a reviewer is back",
  description: "For whoever reaches the whole organization.",
  request: { params: idParam },
  responses: { 204: { description: "They are back" }, ...failures(401, 403, 404) },
});

/** `/v1/reviewers` */
export function reviewerRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { now } = actOf(c);
      return c.json(wholeOf((await listReviewers(c.var.deps.db, withinOf(c), now)).map(viewReviewer)), 200);
    })
    .openapi(setAway, async (c) => {
      const { until, hand_on: handOn } = c.req.valid("json");
      const target = { ...withinOf(c), reviewerId: c.req.valid("param").id };
      const set = await setAbsence(c.var.deps, target, { until, handOn }, actOf(c));
      return set.ok ? c.body(null, 204) : problem(c, set.error);
    })
    .openapi(setBack, async (c) => {
      const target = { ...withinOf(c), reviewerId: c.req.valid("param").id };
      const ended = await endAbsence(c.var.deps.db, target);
      return ended.ok ? c.body(null, 204) : problem(c, ended.error);
    });
}

function viewReviewer({ id, name, open, overdue, awayUntil }: Reviewer): z.infer<typeof reviewer> {
  return {
    id,
    name,
    open_tasks: open,
    overdue_tasks: overdue,
    away: awayUntil !== undefined,
    away_until: toIso(awayUntil ?? null),
  };
}
