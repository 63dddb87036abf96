import { createRoute, z } from "@hono/zod-openapi";
import { createApiKey, listApiKeys, revokeApiKey, type ApiKeyRow } from "../identity";
import { toIso } from "../lib/time";
import { actOf } from "./authenticate";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, pageOf } from "./shapes";

const example = {
  id: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Reporting",
  prefix: "tk_9f3k2m",
  campaign_id: null,
  created_at: "2026-08-20T14:00:00.000Z",
  revoked_at: null,
};

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe("The first characters of the key."),
    campaign_id: z.string().nullable().describe("Set when the key may only send calls into this campaign."),
    created_at: z.iso.datetime(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .openapi("ApiKey", { example });

const freshApiKey = apiKey
  .extend({ key: z.string().describe("The key itself. It is shown here and never again.") })
  .openapi("FreshApiKey", { example: { ...example, key: "tk_9f3k2m7q1t5w8y0z4x6c2v9b3n7m1k5j8h2g4f6d0s" } });

const common = { tags: ["API keys"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List API keys, newest first, revoked ones included",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of API keys", ...json(listOf(apiKey)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create an API key",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          name: z.string().trim().min(1).max(200),
          campaign_id: z
            .string()
            .max(200)
            .nullable()
            .optional()
            .describe("Limits the key to sending calls into this campaign."),
        }),
        { name: "Reporting" },
      ),
    },
  },
  responses: { 201: { description: "The API key", ...json(freshApiKey) }, ...failures(400, 401, 403, 415, 422) },
});

const revoke = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Revoke an API key",
  description: "Sources keep accepting a revoked key for at most 60 seconds. The last working key cannot be revoked.",
  request: { params: idParam },
  responses: { 204: { description: "The key is revoked" }, ...failures(401, 403, 404, 409) },
});

/** `/v1/api-keys` */
export function apiKeyRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listApiKeys(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewApiKey, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { name, campaign_id: campaignId } = c.req.valid("json");
      const input = { organizationId: c.var.caller.organizationId, name, campaignId };
      const made = await createApiKey(c.var.deps, input, actOf(c));
      return made.ok ? c.json({ ...viewApiKey(made.value.row), key: made.value.key }, 201) : problem(c, made.error);
    })
    .openapi(revoke, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const revoked = await revokeApiKey(c.var.deps, target, actOf(c));
      return revoked.ok ? c.body(null, 204) : problem(c, revoked.error);
    });
}

function viewApiKey(row: ApiKeyRow): z.infer<typeof apiKey> {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    campaign_id: row.campaignId,
    created_at: toIso(row.createdAt),
    revoked_at: toIso(row.revokedAt),
  };
}
