import { createRoute, z } from "@hono/zod-openapi";
import { HOLD_LIMITS, liftHold, listHolds, placeHold } from "../../privacy";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf } from "../campaign-name";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import { hold, viewHold } from "./shapes";

const common = { tags: ["Privacy"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List legal holds, newest first",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of legal holds", ...json(listOf(hold)) }, ...failures(401, 403, 422) },
});

const newHold = z
  .strictObject({
    kind: z.enum(["call", "caller", "campaign"]),
    subject: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe("The id of the call; the campaign, by id or number; or the caller's number."),
    reason: z.string().trim().min(1).max(HOLD_LIMITS.reason),
  })
  .openapi("NewLegalHold", { example: { kind: "caller", subject: "+541147781234", reason: "Case 2026/114" } });

const place = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Place a legal hold on a call, a caller or a campaign",
  description:
    "What it is on is neither erased nor does it run out until the hold is lifted. An erasure that was begun before goes on.",
  request: { body: { required: true, ...json(newHold) } },
  responses: {
    201: { description: "The hold", ...json(hold) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const lift = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Lift a legal hold",
  request: { params: idParam },
  responses: { 204: { description: "It is lifted" }, ...failures(401, 403, 404) },
});

/** `/v1/legal-holds` */
export function legalHoldRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const rows = await listHolds(c.var.deps.db, withinOf(c), { limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewHold, ({ id }) => ({ id })),
        200,
      );
    })
    .openapi(place, async (c) => {
      const { kind, subject, reason } = c.req.valid("json");
      const campaign = kind === "campaign" ? await campaignIdOf(c.var.deps.db, withinOf(c), subject) : undefined;
      if (campaign && !campaign.ok) return problem(c, campaign.error);
      const placed = await placeHold(
        c.var.deps,
        withinOf(c),
        { kind, subject: campaign?.value ?? subject, reason },
        actOf(c),
      );
      return placed.ok ? c.json(viewHold(placed.value), 201) : problem(c, placed.error);
    })
    .openapi(lift, async (c) => {
      const lifted = await liftHold(c.var.deps.db, withinOf(c), c.req.valid("param").id);
      return lifted.ok ? c.body(null, 204) : problem(c, lifted.error);
    });
}
