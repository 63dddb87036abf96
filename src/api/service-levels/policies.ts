import { createRoute, z } from "@hono/zod-openapi";
import type { BusinessHours } from "../../db/schema";
import { toIso } from "../../lib/time";
import {
  archivePolicy,
  businessHours,
  createPolicy,
  listPolicies,
  MEASURES,
  readPolicy,
  type PolicyRow,
} from "../../quality";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import { sortQuery } from "../sort";

const exampleHours = {
  time_zone: "America/Argentina/Buenos_Aires",
  days: [
    [["09:00", "18:00"]],
    [["09:00", "18:00"]],
    [["09:00", "18:00"]],
    [["09:00", "18:00"]],
    [["09:00", "13:00"]],
    [],
    [],
  ] as [string, string][][],
  holidays: ["2026-12-25"],
};

const asked = {
  name: z.string().trim().min(1).max(200),
  measure: z
    .enum(MEASURES)
    .describe(
      "`task_reviewed`: the review of a task, since it was made. `review_begun`, `review_done`: since its reviewer had it. `escalation_answered`: since it was handed up.",
    ),
  target_seconds: z.number().int().min(60).max(31_536_000).describe("In that time it is to be done."),
  campaign_ids: z
    .array(z.string().max(200))
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe("The campaigns whose calls it is for; null for all."),
  business_hours: businessHours
    .nullable()
    .default(null)
    .describe("The time in which the clock runs; null for day and night."),
};

const EXAMPLE = {
  name: "Reviewed within two days",
  measure: "task_reviewed" as const,
  target_seconds: 64_800,
  campaign_ids: null,
  business_hours: exampleHours,
};

const policy = z
  .object({ id: z.string(), ...asked, archived: z.boolean(), created_at: z.iso.datetime() })
  .openapi("SlaPolicy", {
    example: {
      id: "sla_01k3a7w8q0m4x2c9v5b6n7p8r1",
      ...EXAMPLE,
      archived: false,
      created_at: "2026-08-20T14:00:00.000Z",
    },
  });

const common = { tags: ["Reviews"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List the service levels in force",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "ascending") }),
  },
  responses: { 200: { description: "A page of policies", ...json(listOf(policy)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Add a service level",
  description:
    "It is for what begins from now on: nothing that is late already becomes a violation by it. It is never changed; a new one takes its place.",
  request: { body: { required: true, ...json(z.strictObject(asked), EXAMPLE) } },
  responses: {
    201: { description: "The policy", ...json(policy) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a service level",
  request: { params: idParam },
  responses: { 200: { description: "The policy", ...json(policy) }, ...failures(401, 403, 404) },
});

const archive = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "End a service level",
  description: "What it found is kept.",
  request: { params: idParam },
  responses: { 200: { description: "The policy", ...json(policy) }, ...failures(401, 403, 404, 422) },
});

/** `/v1/sla-policies` */
export function policyRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const rows = await listPolicies(c.var.deps.db, { ...withinOf(c), limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewPolicy, ({ id }) => ({ id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { name, measure, target_seconds: seconds, campaign_ids: ids, business_hours: hours } = c.req.valid("json");
      const input = { name, measure, seconds, campaigns: ids, hours: hours && hoursOf(hours) };
      const made = await createPolicy(c.var.deps.db, { ...withinOf(c), ...input }, actOf(c));
      return made.ok ? c.json(viewPolicy(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readPolicy(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewPolicy(found.value), 200) : problem(c, found.error);
    })
    .openapi(archive, async (c) => {
      const ended = await archivePolicy(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id }, actOf(c));
      return ended.ok ? c.json(viewPolicy(ended.value), 200) : problem(c, ended.error);
    });
}

function hoursOf({ time_zone: timeZone, days, holidays }: z.output<typeof businessHours>): BusinessHours {
  return { timeZone, days, holidays };
}

function viewPolicy(row: PolicyRow): z.infer<typeof policy> {
  const { hours } = row;
  return {
    id: row.id,
    name: row.name,
    measure: row.measure,
    target_seconds: row.seconds,
    campaign_ids: row.campaigns,
    business_hours: hours && {
      time_zone: hours.timeZone,
      days: hours.days.map((spans) => spans.map(([from, to]): [string, string] => [from, to])),
      holidays: [...hours.holidays],
    },
    archived: row.archivedAt !== null,
    created_at: toIso(row.createdAt),
  };
}
