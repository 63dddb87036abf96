import { platformOf } from "../../platforms";
import { createRoute, z } from "@hono/zod-openapi";
import { DAY, toIso } from "../../lib/time";
import {
  countLoss,
  listReconciliations,
  lossRate,
  openReconciliation,
  readSource,
  type LossCount,
  type ReconciliationRow,
} from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, moment, pageOf } from "../shapes";

/** The number of days that the totals of a list cover. */
const TOTAL_DAYS = 30;

const loss = {
  listed: z.number().int().describe("Ended calls in the platform's list."),
  missing: z.number().int().describe("Of these, the ones that had not arrived; they were imported."),
  loss_rate: z.number().nullable().describe("`missing` / `listed`; null while nothing was listed."),
};

const reconciliation = z
  .object({
    id: z.string(),
    from: z.iso.datetime().describe("The compared calls began at or after this time."),
    until: z.iso.datetime().describe("The compared calls began before this time."),
    asked: z.boolean().describe("Whether a person requested it; the others follow one another without a gap."),
    state: z.enum(["open", "completed", "failed"]),
    reason: z.string().nullable().describe("Why the platform did not answer."),
    ...loss,
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .openapi("Reconciliation", {
    example: {
      id: "rcn_01k3a7w8q0m4x2c9v5b6n7p8r1",
      from: "2026-08-20T13:30:00.000Z",
      until: "2026-08-20T14:30:00.000Z",
      asked: false,
      state: "completed",
      reason: null,
      listed: 418,
      missing: 2,
      loss_rate: 0.004784688995215311,
      created_at: "2026-08-20T15:00:00.000Z",
      ended_at: "2026-08-20T15:00:03.000Z",
    },
  });

const totals = z.object({ days: z.number().int(), ...loss });
const common = { tags: ["Sources"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/{id}/reconciliations",
  summary: "List the comparisons with the platform's list of calls, newest first, and the loss rate",
  request: {
    params: idParam,
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: {
    200: { description: "A page of comparisons", ...json(listOf(reconciliation).extend({ totals })) },
    ...failures(401, 403, 404, 422),
  },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/{id}/reconciliations",
  summary: "Compare a period now",
  description:
    "Every hour a source with credentials is compared by itself. This is for after an outage: calls that never arrived come in through the same path as a notice, their recordings included.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ from: moment, until: moment }), {
        from: "2026-08-19T00:00:00Z",
        until: "2026-08-20T00:00:00Z",
      }),
    },
  },
  responses: {
    202: { description: "It begins within a minute", ...json(reconciliation) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/sources/{id}/reconciliations` */
export function reconciliationRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { db, now } = c.var.deps;
      const { limit, cursor, sort: order } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const sourceId = c.req.valid("param").id;
      const source = await readSource(db, { ...withinOf(c), id: sourceId });
      if (!source.ok) return problem(c, source.error);
      const [rows, found] = await Promise.all([
        listReconciliations(db, { organizationId, sourceId, limit: limit + 1, after: cursor, order }),
        countLoss(db, { organizationId, sourceId, since: now() - TOTAL_DAYS * DAY }),
      ]);
      const page = pageOf(rows, limit, viewReconciliation, (row) => ({ id: row.id }));
      return c.json({ ...page, totals: { days: TOTAL_DAYS, ...viewLoss(found) } }, 200);
    })
    .openapi(create, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const opened = await openReconciliation(c.var.deps, platformOf, target, c.req.valid("json"), actOf(c));
      return opened.ok ? c.json(viewReconciliation(opened.value), 202) : problem(c, opened.error);
    });
}

function viewReconciliation(row: ReconciliationRow): z.infer<typeof reconciliation> {
  return {
    id: row.id,
    from: toIso(row.fromAt),
    until: toIso(row.untilAt),
    asked: row.asked,
    state: row.state,
    reason: row.reason,
    ...viewLoss(row),
    created_at: toIso(row.createdAt),
    ended_at: toIso(row.endedAt),
  };
}

function viewLoss({ listed, missing }: LossCount): { listed: number; missing: number; loss_rate: number | null } {
  return { listed, missing, loss_rate: lossRate({ listed, missing }) };
}
