import { PLATFORMS, platformOf } from "../../platforms";
import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import {
  createSource,
  deleteSource,
  judgeSources,
  listSources,
  readSource,
  updateSource,
  type SourceView,
  type Verdict,
} from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf } from "../campaign-name";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiDeps } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { freshSource, listedSource, newSource, source, sourceChanges, viewSource } from "./shapes";

const common = { tags: ["Sources"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List sources",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of sources", ...json(listOf(listedSource)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a source",
  request: { body: { required: true, ...json(newSource, { kind: "audian", name: "Audian, sales floor" }) } },
  responses: { 201: { description: "The source", ...json(freshSource) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a source",
  request: { params: idParam },
  responses: { 200: { description: "The source", ...json(source) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change, pause or resume a source",
  request: { params: idParam, body: { required: true, ...json(sourceChanges, { state: "paused" as const }) } },
  responses: { 200: { description: "The source", ...json(source) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete a source",
  description: "Its calls are kept. It may still accept notices for at most 60 seconds.",
  request: { params: idParam },
  responses: { 204: { description: "The source is deleted" }, ...failures(401, 403, 404, 409) },
});

/** Creates, reads, changes and deletes sources. */
export function resourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const within = withinOf(c);
      const { db, now } = c.var.deps;
      const rows = await listSources(db, { ...within, limit: limit + 1, after: cursor, order });
      const health = await judgeSources(db, within.organizationId, rows, now());
      const shown = new Map(
        await Promise.all(
          rows.map(async (row) => [row, await viewListed(c.var.deps, row, health.get(row.id))] as const),
        ),
      );
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => shown.get(row)!,
          (row) => ({ id: row.id }),
        ),
        200,
      );
    })
    .openapi(create, async (c) => {
      const given = c.req.valid("json");
      const campaign = await campaignIdOf(c.var.deps.db, withinOf(c), given.campaign_id);
      if (!campaign.ok) return problem(c, campaign.error);
      const input = {
        name: given.name,
        campaignId: campaign.value,
        settings: given.settings,
        credentials: given.credentials,
        secret: given.secret,
        ...withinOf(c),
      };
      const made = await createSource(c.var.deps, PLATFORMS[given.kind], input, actOf(c));
      return made.ok
        ? c.json({ ...(await viewSource(c.var.deps, made.value.source)), secret: made.value.secret }, 201)
        : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readSource(c.var.deps.db, {
        ...withinOf(c),
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(await viewSource(c.var.deps, found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const { campaign_id: named, ...rest } = c.req.valid("json");
      const campaign = await campaignIdOf(c.var.deps.db, withinOf(c), named);
      if (!campaign.ok) return problem(c, campaign.error);
      const changes = { ...rest, campaignId: campaign.value };
      const updated = await updateSource(c.var.deps, platformOf, target, changes, actOf(c));
      return updated.ok ? c.json(await viewSource(c.var.deps, updated.value), 200) : problem(c, updated.error);
    })
    .openapi(remove, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const deleted = await deleteSource(c.var.deps, target, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    });
}

async function viewListed(
  deps: ApiDeps,
  row: SourceView,
  health: Verdict | undefined,
): Promise<z.infer<typeof listedSource>> {
  const { status = "never", lastNoticeAt = null } = health ?? {};
  return { ...(await viewSource(deps, row)), health: { state: status, status, last_notice_at: toIso(lastNoticeAt) } };
}
