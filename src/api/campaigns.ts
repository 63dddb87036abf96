import { createRoute, z } from "@hono/zod-openapi";
import { engineNames } from "../analysis";
import {
  createCampaign,
  deletesMore,
  listCampaigns,
  readCampaign,
  readDefaultRedaction,
  redactsLess,
  updateCampaign,
} from "../campaigns";
import type { Context } from "hono";
import { invalid, type DomainError } from "../errors";
import { isLimited, may } from "../identity";
import { actOf, withinOf } from "./authenticate";
import { campaignActionRoutes } from "./actions";
import { campaign, settings, settingsFrom, viewCampaign, type WantedSettings } from "./campaign-shapes";
import { processingRoutes } from "./campaign-processing";
import { reviewingRoutes } from "./campaign-reviewing";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { sortQuery } from "./sort";
import { idParam, json, listOf, pageOf, yesOrNo } from "./shapes";

const name = z.string().trim().min(1).max(200);
const confirm = z
  .boolean()
  .optional()
  .describe("With `keep_originals: false`: that it cannot be undone is understood.");
const common = { tags: ["Campaigns"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List campaigns by number",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ number: z.number() })),
      ...sortQuery("number", "ascending"),
      archived: yesOrNo.optional(),
    }),
  },
  responses: { 200: { description: "A page of campaigns", ...json(listOf(campaign)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a campaign",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ name, settings: settings.partial().optional(), confirm_irreversible: confirm }), {
        name: "Renewals",
      }),
    },
  },
  responses: { 201: { description: "The campaign", ...json(campaign) }, ...failures(400, 401, 403, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a campaign",
  request: { params: idParam },
  responses: { 200: { description: "The campaign", ...json(campaign) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Rename, archive or configure a campaign",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({
          name: name.optional(),
          archived: z.boolean().optional(),
          settings: settings.partial().optional(),
          confirm_irreversible: confirm,
        }),
        {
          archived: true,
        },
      ),
    },
  },
  responses: { 200: { description: "The campaign", ...json(campaign) }, ...failures(400, 401, 403, 404, 415, 422) },
});

/** `/v1/campaigns` */
export function campaignRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, archived } = c.req.valid("query");
      const rows = await listCampaigns(c.var.deps.db, {
        ...withinOf(c),
        archived,
        limit: limit + 1,
        after: cursor,
        order,
      });
      return c.json(
        pageOf(rows, limit, viewCampaign, (row) => ({ number: row.number })),
        200,
      );
    })
    .openapi(create, async (c) => {
      if (isLimited(c.var.caller.reach)) return problem(c, ONLY_UNLIMITED);
      const { name: given, settings: wanted, confirm_irreversible: confirmed } = c.req.valid("json");
      const unknown = await unknownEngine(c, wanted);
      if (unknown) return problem(c, unknown);
      const redactDefault = [...(await readDefaultRedaction(c.var.deps.db, c.var.caller.organizationId))];
      if (redactsLess({ redactDefault }, wanted?.redact) && !may(c.var.caller, "originals:read"))
        return problem(c, MAY_HEAR_ALL);
      const irreversible = refusalToDelete(c, {}, wanted, confirmed);
      if (irreversible) return problem(c, irreversible);
      const input = { ...withinOf(c), name: given, settings: settingsFrom(wanted) };
      return c.json(viewCampaign(await createCampaign(c.var.deps, input, actOf(c))), 201);
    })
    .openapi(read, async (c) => {
      const found = await readCampaign(c.var.deps.db, {
        ...withinOf(c),
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewCampaign(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const { settings: wanted, confirm_irreversible: confirmed, ...rest } = c.req.valid("json");
      const unknown = await unknownEngine(c, wanted);
      if (unknown) return problem(c, unknown);
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      if (wanted?.redact !== undefined && !may(c.var.caller, "originals:read")) {
        const found = await readCampaign(c.var.deps.db, target);
        if (found.ok && redactsLess(found.value.settings, wanted.redact)) return problem(c, MAY_HEAR_ALL);
      }
      if (wanted?.keep_originals === false) {
        const found = await readCampaign(c.var.deps.db, target);
        const irreversible = found.ok ? refusalToDelete(c, found.value.settings, wanted, confirmed) : undefined;
        if (irreversible) return problem(c, irreversible);
      }
      const changes = { ...rest, settings: settingsFrom(wanted) };
      const updated = await updateCampaign(c.var.deps, target, changes, actOf(c));
      return updated.ok ? c.json(viewCampaign(updated.value), 200) : problem(c, updated.error);
    })
    .route("/", processingRoutes())
    .route("/", reviewingRoutes())
    .route("/", campaignActionRoutes());
}

/** A campaign may only name engines that are there. */
async function unknownEngine(c: Context<ApiEnv>, wanted: WantedSettings): Promise<DomainError | undefined> {
  if (!wanted?.engines?.length) return undefined;
  const { db, offeredEngines } = c.var.deps;
  const known = await engineNames(db, offeredEngines, c.var.caller.organizationId);
  const unknown = wanted.engines.find((one) => !known.includes(one));
  return unknown === undefined ? undefined : invalid("settings.engines", `There is no engine of the name ${unknown}.`);
}

/** Why originals may not be deleted from now on, where that is asked for. */
function refusalToDelete(
  c: Context<ApiEnv>,
  before: { dropOriginals?: boolean },
  wanted: WantedSettings,
  confirmed: boolean | undefined,
): DomainError | undefined {
  if (!deletesMore(before, wanted?.keep_originals === false)) return undefined;
  if (!may(c.var.caller, "privacy:erase")) return { kind: "permission_missing", permission: "privacy:erase" };
  return confirmed === true ? undefined : invalid("confirm_irreversible", "must be true to have originals deleted");
}

/** Who has less taken out hears it from then on. */
const MAY_HEAR_ALL: DomainError = { kind: "permission_missing", permission: "originals:read" };

const ONLY_UNLIMITED: DomainError = {
  kind: "forbidden",
  message: "Only somebody who is not limited to campaigns or operators creates a campaign.",
};
