import { createRoute, z } from "@hono/zod-openapi";
import { riskLevel } from "../../events";
import { csvOfPages } from "../../lib/csv";
import { changeAlert, listAlerts, MOST_ALERTS_EXPORTED, readAlert } from "../../quality";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf, campaignName } from "../campaign-name";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf, yesOrNo } from "../shapes";
import { sortQuery } from "../sort";
import { ALERT_COLUMNS, alertLines } from "./csv";
import { alert, alertChanges, alertState, viewAlert } from "./shapes";

const common = { tags: ["Alerts"], security: SECURED };

const filters = {
  state: alertState.optional(),
  level: riskLevel.optional(),
  owner_id: z.string().max(200).optional().openapi({ description: "Who sees to it." }),
  campaign_id: campaignName.optional(),
};

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List alerts, by when they were raised",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ raisedAt: z.number(), id: z.string() })),
      ...sortQuery("raised_at", "descending"),
      ...filters,
    }),
  },
  responses: { 200: { description: "A page of alerts", ...json(listOf(alert)) }, ...failures(401, 403, 422) },
});

const exported = createRoute({
  ...common,
  method: "get",
  path: "/export",
  summary: "Export alerts as CSV",
  description: `The newest ${MOST_ALERTS_EXPORTED.toLocaleString("en")} that the filter finds. What a spreadsheet would take for a formula or a number is written as text.`,
  request: {
    query: z.strictObject({
      ...filters,
      bom: yesOrNo.default(false).describe("Begins with the mark by which spreadsheets know UTF-8."),
    }),
  },
  responses: {
    200: { description: "The alerts", content: { "text/csv": { schema: z.string() } } },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an alert",
  request: { params: idParam },
  responses: { 200: { description: "The alert", ...json(alert) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Give an alert to somebody, decide it, or open it again",
  description:
    "Who decides an alert that nobody has, has it from then on. What was decided stays when the call is analysed again, unless it has become critical since.",
  request: { params: idParam, body: { required: true, ...json(alertChanges) } },
  responses: { 200: { description: "The alert", ...json(alert) }, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

/** `/v1/alerts` */
export function alertRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, campaign_id: named, owner_id: ownerId, state, level } = c.req.valid("query");
      const { db } = c.var.deps;
      const campaign = await campaignIdOf(db, withinOf(c), named);
      if (!campaign.ok) return problem(c, campaign.error);
      const filter = { state, level, ownerId, campaignId: campaign.value };
      const rows = await listAlerts(db, { ...withinOf(c), filter, limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewAlert, ({ alert: { raisedAt, id } }) => ({ raisedAt, id })),
        200,
      );
    })
    .openapi(exported, async (c) => {
      const { bom, campaign_id: named, owner_id: ownerId, state, level } = c.req.valid("query");
      const { db } = c.var.deps;
      const campaign = await campaignIdOf(db, withinOf(c), named);
      if (!campaign.ok) return problem(c, campaign.error);
      const filter = { state, level, ownerId, campaignId: campaign.value };
      return new Response(csvOfPages(ALERT_COLUMNS, alertLines(db, { ...withinOf(c), filter }), { bom }), {
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": 'attachment; filename="alerts.csv"',
          "cache-control": "no-store",
        },
      });
    })
    .openapi(read, async (c) => {
      const found = await readAlert(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewAlert(found.value), 200) : problem(c, found.error);
    })
    .openapi(change, async (c) => {
      const { owner_id: ownerId, ...rest } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const changed = await changeAlert(c.var.deps, target, { ...rest, ownerId }, actOf(c));
      return changed.ok ? c.json(viewAlert(changed.value), 200) : problem(c, changed.error);
    });
}
