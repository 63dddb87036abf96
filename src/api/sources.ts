import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../lib/time";
import {
  createSource,
  deleteSource,
  listSources,
  readSource,
  retirePreviousSecret,
  rotateSecret,
  SOURCES,
  sourceOf,
  updateSource,
  webhookPathOf,
  type SourceKind,
  type SourceView,
} from "../sources";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter, type ApiDeps } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, pageOf } from "./shapes";

const settings = z.record(z.string(), z.unknown()).openapi({
  description:
    "What `GET /v1/source-kinds/{kind}` lists. In a change, each one given replaces its namesake, null takes it away.",
});
const credentials = z
  .record(z.string(), z.string().max(4_000))
  .openapi({ description: "What lets us ask the platform for recordings and calls; never shown again." });

const example = {
  id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  kind: "audian",
  name: "Audian, sales floor",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  settings: { time_zone: "America/Argentina/Buenos_Aires" },
  has_credentials: false,
  state: "active" as const,
  webhook_url: "https://calls.example/webhook/audian/src_01k3a7w8q0m4x2c9v5b6n7p8r1",
  created_at: "2026-08-20T14:00:00.000Z",
};

const source = z
  .object({
    id: z.string(),
    kind: z.string().describe("The platform."),
    name: z.string(),
    campaign_id: z
      .string()
      .nullable()
      .describe("The campaign its calls belong to; null where each notice names its own."),
    settings,
    has_credentials: z.boolean(),
    state: z.enum(["active", "paused"]),
    webhook_url: z.string().describe("Where the platform posts its notices, or recordings are uploaded to."),
    created_at: z.iso.datetime(),
  })
  .openapi("Source", { example });

const freshSource = source
  .extend({
    secret: z
      .string()
      .nullable()
      .describe("What the platform signs with, shown here and never again; null where it sends an API key."),
  })
  .openapi("FreshSource", { example: { ...example, secret: "whsec_4f1c2d…" } });

const kinds = Object.keys(SOURCES) as [SourceKind, ...SourceKind[]];
const name = z.string().trim().min(1).max(200);
const campaignId = z.string().max(200).nullable();
const secret = z.string().max(300).openapi({ description: "The secret the platform shows; made here when left out." });

const newSource = z.strictObject({
  kind: z.enum(kinds),
  name,
  campaign_id: campaignId.optional(),
  settings: settings.optional(),
  credentials: credentials.optional(),
  secret: secret.optional(),
});
const sourceChanges = z.strictObject({
  name: name.optional(),
  campaign_id: campaignId.optional(),
  settings: settings.optional(),
  credentials: credentials.nullable().optional(),
  state: z.enum(["active", "paused"]).optional(),
});
const rotation = z.strictObject({
  secret: secret.optional(),
  keep_previous: z
    .boolean()
    .default(true)
    .openapi({ description: "Whether the old secret is still taken, until it is retired." }),
});

const common = { tags: ["Sources"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List sources",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of sources", ...json(listOf(source)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Make a source",
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
  description: "Its calls stay. It may still take notices for at most 60 seconds.",
  request: { params: idParam },
  responses: { 204: { description: "The source is deleted" }, ...failures(401, 403, 404, 409) },
});

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/rotate-secret",
  summary: "Put a new signing secret in place",
  request: { params: idParam, body: { required: true, ...json(rotation, { keep_previous: true }) } },
  responses: {
    200: {
      description: "The new secret, shown this once",
      ...json(z.object({ secret: z.string() }), { secret: "whsec_4f1c2d…" }),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const retire = createRoute({
  ...common,
  method: "post",
  path: "/{id}/retire-previous-secret",
  summary: "Stop taking the secret that was rotated out",
  request: { params: idParam },
  responses: { 204: { description: "Only the current secret is taken" }, ...failures(401, 403, 404, 409) },
});

/** `/v1/sources` */
export function sourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listSources(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor });
      const shown = new Map(
        await Promise.all(rows.map(async (row) => [row, await viewSource(c.var.deps, row)] as const)),
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
      const { config, db, now } = c.var.deps;
      const given = c.req.valid("json");
      const input = {
        name: given.name,
        campaignId: given.campaign_id,
        settings: given.settings,
        credentials: given.credentials,
        secret: given.secret,
        organizationId: c.var.caller.organizationId,
      };
      const made = await createSource(db, config.masterKeys, SOURCES[given.kind], input, now());
      return made.ok
        ? c.json({ ...(await viewSource(c.var.deps, made.value.source)), secret: made.value.secret }, 201)
        : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const found = await readSource(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(await viewSource(c.var.deps, found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const { config, db } = c.var.deps;
      const { campaign_id: chosen, ...rest } = c.req.valid("json");
      const updated = await updateSource(db, config.masterKeys, sourceOf, target, { ...rest, campaignId: chosen });
      return updated.ok ? c.json(await viewSource(c.var.deps, updated.value), 200) : problem(c, updated.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteSource(c.var.deps.db, target, c.var.deps.now());
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    })
    .openapi(rotate, async (c) => {
      const { config, db } = c.var.deps;
      const { keep_previous: keepPrevious, secret: chosen } = c.req.valid("json");
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const rotated = await rotateSecret(db, config.masterKeys, sourceOf, target, { secret: chosen, keepPrevious });
      return rotated.ok ? c.json(rotated.value, 200) : problem(c, rotated.error);
    })
    .openapi(retire, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const retired = await retirePreviousSecret(c.var.deps.db, c.var.deps.config.masterKeys, target);
      return retired.ok ? c.body(null, 204) : problem(c, retired.error);
    });
}

async function viewSource({ config }: Pick<ApiDeps, "config">, row: SourceView): Promise<z.infer<typeof source>> {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    campaign_id: row.campaignId,
    settings: row.settings,
    has_credentials: row.hasCredentials,
    state: row.state,
    webhook_url: `${config.publicUrl}${await webhookPathOf(row)}`,
    created_at: toIso(row.createdAt),
  };
}
