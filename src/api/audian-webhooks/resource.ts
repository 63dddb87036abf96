import { createRoute, z } from "@hono/zod-openapi";
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  MAX_ENDPOINTS,
  readEndpoint,
  updateEndpoint,
  type EndpointOptions,
} from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { pageNumbers } from "./page";
import { freshWebhook, newWebhook, pagination, viewKnown, viewWebhook, webhook, webhookChanges } from "./shapes";

const common = { tags: ["Audian webhooks"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List webhooks, newest first",
  request: { query: z.strictObject(pageNumbers) },
  responses: {
    200: {
      description: "A page of webhooks",
      ...json(z.object({ data: z.array(webhook), pagination })),
    },
    ...failures(401, 403, 422),
  },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a webhook",
  request: { body: { required: true, ...json(newWebhook) } },
  responses: {
    201: { description: "The webhook, with its signing secret", ...json(freshWebhook) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a webhook",
  request: { params: idParam },
  responses: { 200: { description: "The webhook", ...json(webhook) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change a webhook",
  request: { params: idParam, body: { required: true, ...json(webhookChanges) } },
  responses: { 200: { description: "The webhook", ...json(webhook) }, ...failures(400, 401, 403, 404, 409, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete a webhook",
  request: { params: idParam },
  responses: { 204: { description: "The webhook is deleted" }, ...failures(401, 403, 404) },
});

/** Webhooks as in Audian's API: the same endpoints as on `/v1/webhooks`. Those created here get Audian's profile. */
export function resourceRoutes() {
  return newRouter({ takesAnyQuery: true })
    .openapi(list, async (c) => {
      const { page, limit } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      // An organization has at most this many, so the page is cut from all of them.
      const rows = await listEndpoints(c.var.deps.db, { organizationId, limit: MAX_ENDPOINTS });
      const data = rows.slice((page - 1) * limit, page * limit).map(viewWebhook);
      return c.json({ data, pagination: { page, limit, total: rows.length } }, 200);
    })
    .openapi(create, async (c) => {
      const { deps, caller } = c.var;
      const { version, ...given } = c.req.valid("json");
      const input = { ...given, payloadVersion: version, profile: "audian" as const };
      const made = await createEndpoint(deps, { ...input, organizationId: caller.organizationId }, actOf(c));
      if (!made.ok) return problem(c, made.error);
      return c.json({ ...viewKnown(made.value.row), signing_secret: made.value.secret }, 201);
    })
    .openapi(read, async (c) => {
      const found = await readEndpoint(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewWebhook(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const { deps, caller } = c.var;
      const { version, ...given } = c.req.valid("json");
      const options: EndpointOptions = { ...given, payloadVersion: version };
      const target = { organizationId: caller.organizationId, id: c.req.valid("param").id };
      const updated = await updateEndpoint(deps, target, options, actOf(c));
      return updated.ok ? c.json(viewWebhook(updated.value), 200) : problem(c, updated.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteEndpoint(c.var.deps, target, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    });
}
