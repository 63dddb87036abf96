import { createRoute, z } from "@hono/zod-openapi";
import { invalid } from "../errors";
import {
  createApiKey,
  KEY_ROLES,
  KEY_STATES,
  keyState,
  listApiKeys,
  MOST_ORIGINS,
  permissionsOf,
  PERMISSIONS,
  revokeApiKey,
  ROLES,
  rotateApiKey,
  SCOPES,
  type ApiKeyRow,
  type ListedKey,
  type RoleName,
} from "../identity";
import { isOrigin } from "../lib/http/origin";
import { DAY, SECOND, toIso } from "../lib/time";
import { actOf, withinOf } from "./authenticate";
import { pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { sortQuery } from "./sort";
import { idParam, json, listOf, moment, pageOf } from "./shapes";

const example = {
  id: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "Reporting",
  prefix: "tk_9f3k2m",
  scopes: ["calls:read", "campaigns:read"],
  role: null,
  campaign_id: null,
  source_id: null,
  created_at: "2026-08-20T14:00:00.000Z",
  created_by: "key_01k3a7w8q0m4x2c9v5b6n7p8r0",
  expires_at: "2027-08-20T14:00:00.000Z",
  last_used_at: null,
  revoked_at: null,
  rotated_to: null,
  allowed_origins: null,
  state: "works" as const,
};

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe("The first characters of the key."),
    campaign_id: z.string().nullable().describe("Set when the key may only send calls into this campaign."),
    source_id: z.string().nullable().describe("Set when the key may only send notices to this source."),
    scopes: z.array(z.string()).nullable().describe("What the key may do; null: everything."),
    role: z.string().nullable().describe("The role that the scopes were taken from when the key was made."),
    created_at: z.iso.datetime(),
    created_by: z.string().nullable().describe("Who made it; null for keys from before this was stored."),
    expires_at: z.iso.datetime().nullable().describe("When it stops working."),
    last_used_at: z.iso.datetime().nullable().describe("When it was last used, to the hour."),
    revoked_at: z.iso.datetime().nullable(),
    rotated_to: z.string().nullable().describe("The key that replaces it."),
    allowed_origins: z
      .array(z.string())
      .nullable()
      .describe("The web sites whose pages may use the key in a browser; null: none."),
    state: z
      .enum(KEY_STATES)
      .describe(
        "How it stands. `replaced`: works until it ends. `allows_nothing`: none of its scopes is good within its limit. `source_deleted`: the only source that it may send to is gone. `ended`, `revoked`: accepted nowhere.",
      ),
  })
  .openapi("ApiKey", { example });

const freshApiKey = apiKey
  .extend({ key: z.string().describe("The key itself. It is shown here and never again.") })
  .openapi("FreshApiKey", { example: { ...example, key: "tk_9f3k2m7q1t5w8y0z4x6c2v9b3n7m1k5j8h2g4f6d0s" } });

const permissionTable = z
  .object({
    permissions: z.array(z.object({ name: z.string(), description: z.string() })),
    roles: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        permissions: z.array(z.string()),
        for_keys: z.boolean().describe("Whether a key can have it."),
      }),
    ),
  })
  .openapi("PermissionTable", {
    example: {
      permissions: [{ name: "calls:read", description: PERMISSIONS["calls:read"] }],
      roles: [{ name: "viewer", description: ROLES.viewer.description, permissions: ["calls:read"], for_keys: true }],
    },
  });

const origin = z.string().max(300).refine(isOrigin, { message: "must be an origin, such as https://app.example.com" });

const DEFAULT_OVERLAP = DAY;
const MOST_OVERLAP = 90 * DAY;

const common = { tags: ["API keys"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List API keys, newest first, revoked ones included",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
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
          source_id: z
            .string()
            .max(200)
            .nullable()
            .optional()
            .describe("Limits the key to sending notices to this source, also where the path names none."),
          scopes: z
            .array(z.enum(SCOPES))
            .min(1)
            .max(SCOPES.length)
            .optional()
            .describe("What the key may do. Without scopes and role: everything."),
          role: z
            .enum(KEY_ROLES as [RoleName, ...RoleName[]])
            .optional()
            .describe("A ready-made set of scopes."),
          expires_at: moment.nullable().optional(),
          allowed_origins: z
            .array(origin)
            .min(1)
            .max(MOST_ORIGINS)
            .nullable()
            .optional()
            .describe("Web sites whose pages may use the key in a browser, as `https://app.example.com`."),
        }),
        { name: "Reporting", scopes: ["calls:read", "campaigns:read"] },
      ),
    },
  },
  responses: { 201: { description: "The API key", ...json(freshApiKey) }, ...failures(400, 401, 403, 415, 422) },
});

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/rotate",
  summary: "Replace an API key by a new one with the same rights",
  description:
    "The old key works for the overlap, by default a day, and then ends. With 0 it ends at once. The new key ends when the old one would have ended without the rotation.",
  request: {
    params: idParam,
    body: {
      required: false,
      ...json(
        z.strictObject({
          overlap_seconds: z
            .number()
            .int()
            .min(0)
            .max(MOST_OVERLAP / SECOND)
            .optional(),
        }),
        {
          overlap_seconds: 86_400,
        },
      ),
    },
  },
  responses: {
    201: { description: "The new key", ...json(freshApiKey) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const permissions = createRoute({
  ...common,
  method: "get",
  path: "/permissions",
  summary: "List the permissions and roles that there are",
  responses: { 200: { description: "All of them", ...json(permissionTable) }, ...failures(401, 403) },
});

const revoke = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Revoke an API key",
  description:
    "Sources keep accepting a revoked key for at most 60 seconds. The last key with all rights and no end cannot be revoked.",
  request: { params: idParam },
  responses: { 204: { description: "The key is revoked" }, ...failures(401, 403, 404, 409) },
});

/** `/v1/api-keys` */
export function apiKeyRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const rows = await listApiKeys(c.var.deps.db, { ...withinOf(c), limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => viewApiKey(row, c.var.deps.now()),
          (row) => ({ id: row.id }),
        ),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { name, campaign_id: campaignId, source_id: sourceId, scopes, role, ...rest } = c.req.valid("json");
      if (scopes !== undefined && role !== undefined)
        return problem(c, invalid("role", "comes instead of scopes, not beside them"));
      const wanted = role === undefined ? scopes : ROLES[role].scopes;
      const input = {
        organizationId: c.var.caller.organizationId,
        name,
        role,
        // A key keeps what was meant when it was made, so what a wildcard stands for is written out.
        scopes: wanted && permissionsOf(wanted),
        campaignId,
        sourceId,
        expiresAt: rest.expires_at,
        allowedOrigins: rest.allowed_origins,
      };
      const made = await createApiKey(c.var.deps, input, c.var.caller, actOf(c));
      return made.ok
        ? c.json({ ...viewApiKey(made.value.row, c.var.deps.now()), key: made.value.key }, 201)
        : problem(c, made.error);
    })
    .openapi(permissions, (c) => c.json(PERMISSION_TABLE, 200))
    .openapi(rotate, async (c) => {
      const { overlap_seconds: seconds } = c.req.valid("json");
      const overlap = seconds === undefined ? DEFAULT_OVERLAP : seconds * SECOND;
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const made = await rotateApiKey(c.var.deps, target, overlap, c.var.caller, actOf(c));
      return made.ok
        ? c.json({ ...viewApiKey(made.value.row, c.var.deps.now()), key: made.value.key }, 201)
        : problem(c, made.error);
    })
    .openapi(revoke, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const revoked = await revokeApiKey(c.var.deps, target, actOf(c));
      return revoked.ok ? c.body(null, 204) : problem(c, revoked.error);
    });
}

function viewApiKey(row: ApiKeyRow | ListedKey, now: number): z.infer<typeof apiKey> {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    campaign_id: row.campaignId,
    source_id: row.sourceId,
    scopes: row.scopes,
    role: row.role,
    created_at: toIso(row.createdAt),
    created_by: row.createdBy,
    expires_at: toIso(row.expiresAt),
    last_used_at: toIso(row.lastUsedAt),
    revoked_at: toIso(row.revokedAt),
    rotated_to: row.rotatedTo,
    allowed_origins: row.allowedOrigins,
    state: keyState(row, now),
  };
}

const PERMISSION_TABLE: z.infer<typeof permissionTable> = {
  permissions: Object.entries(PERMISSIONS).map(([name, description]) => ({ name, description })),
  roles: (Object.keys(ROLES) as RoleName[]).map((name) => ({
    name,
    description: ROLES[name].description,
    permissions: permissionsOf(ROLES[name].scopes ?? Object.keys(PERMISSIONS)),
    for_keys: KEY_ROLES.includes(name),
  })),
};
