import { createRoute, z } from "@hono/zod-openapi";
import { changeRule, createRule, deleteRule, listRules, readRule, tryRule } from "../../analysis";
import { notFound } from "../../errors";
import { may } from "../../identity";
import { DAY } from "../../lib/time";
import { PRECISION_DAYS, precisionOfRules } from "../../quality";
import { operatorChannelOf } from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf } from "../campaign-name";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiDeps } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import {
  exampleNewRule,
  exampleTried,
  newRule,
  rule,
  ruleChanges,
  ruleTry,
  tried,
  viewRule,
  viewTried,
} from "./shapes";

const common = { tags: ["Rules"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List rules, the oldest first",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of rules", ...json(listOf(rule)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a rule",
  description:
    "It looks at calls whose analysis ends from now on, half a minute later at the latest. What measures and scores of the voice alone bear out counts at most 69 points: how people sound warns of nobody.",
  request: { body: { required: true, ...json(newRule, exampleNewRule) } },
  responses: { 201: { description: "The rule", ...json(rule) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const tryOut = createRoute({
  ...common,
  method: "post",
  path: "/try",
  summary: "Try a rule on past calls",
  description:
    "On the newest analysed calls, beside the rules that are on. Nothing is stored, and nobody is warned. Needs `analyses:read` too, since it shows what was said.",
  request: { body: { required: true, ...json(ruleTry, { rule: exampleNewRule, limit: 50 }) } },
  responses: {
    200: { description: "What it would find", ...json(tried, exampleTried) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a rule",
  request: { params: idParam },
  responses: { 200: { description: "The rule", ...json(rule) }, ...failures(401, 403, 404) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change a rule",
  description: "Calls that it looked at before keep what was found.",
  request: { params: idParam, body: { required: true, ...json(ruleChanges, { weight: 40 }) } },
  responses: { 200: { description: "The rule", ...json(rule) }, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete a rule",
  description: "Alerts that it had a part in stay.",
  request: { params: idParam },
  responses: { 204: { description: "It is deleted" }, ...failures(401, 403, 404) },
});

/** `/v1/rules` */
export function ruleRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const [rows, known] = await Promise.all([
        listRules(c.var.deps.db, { ...withinOf(c), limit: limit + 1, after: cursor }),
        precisionOf(c.var.deps, c.var.caller.organizationId),
      ]);
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => viewRule(row, known.get(row.id)),
          ({ id }) => ({ id }),
        ),
        200,
      );
    })
    .openapi(tryOut, async (c) => {
      if (!may(c.var.caller, "analyses:read")) return problem(c, notFound("call"));
      const { rule: wanted, id = "", from, to, limit } = c.req.valid("json");
      const { deps } = c.var;
      const campaign = await campaignIdOf(deps.db, withinOf(c), wanted.campaign_id ?? undefined);
      if (!campaign.ok) return problem(c, campaign.error);
      const times = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      const query = { ...withinOf(c), campaignId: campaign.value ?? null, ...times, limit };
      const operatorChannel = (source: { organizationId: string; id: string }) => operatorChannelOf(deps.db, source);
      const result = await tryRule({ ...deps, operatorChannel }, query, { ...wanted, id, version: 0 });
      return c.json(viewTried(result), 200);
    })
    .openapi(create, async (c) => {
      const { campaign_id: named, ...content } = c.req.valid("json");
      const { deps } = c.var;
      const campaign = await campaignIdOf(deps.db, withinOf(c), named ?? undefined);
      if (!campaign.ok) return problem(c, campaign.error);
      const made = await createRule(deps, withinOf(c), { ...content, campaignId: campaign.value ?? null }, actOf(c));
      return made.ok ? c.json(viewRule(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readRule(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const known = await precisionOf(c.var.deps, c.var.caller.organizationId);
      return c.json(viewRule(found.value, known.get(found.value.id)), 200);
    })
    .openapi(change, async (c) => {
      const { campaign_id: named, ...content } = c.req.valid("json");
      const { deps } = c.var;
      const campaign = await campaignIdOf(deps.db, withinOf(c), named ?? undefined);
      if (!campaign.ok) return problem(c, campaign.error);
      const changes = {
        ...Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)),
        ...(named !== undefined && { campaignId: campaign.value ?? null }),
      };
      const changed = await changeRule(deps, { ...withinOf(c), id: c.req.valid("param").id }, changes, actOf(c));
      if (!changed.ok) return problem(c, changed.error);
      const known = await precisionOf(deps, c.var.caller.organizationId);
      return c.json(viewRule(changed.value, known.get(changed.value.id)), 200);
    })
    .openapi(remove, async (c) => {
      const gone = await deleteRule(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      return gone.ok ? c.body(null, 204) : problem(c, gone.error);
    });
}

function precisionOf({ db, now }: ApiDeps, organizationId: string) {
  return precisionOfRules(db, organizationId, now() - PRECISION_DAYS * DAY);
}
