import { createRoute, z } from "@hono/zod-openapi";
import { createEndpoint, deleteEndpoint, listEndpoints, readEndpoint, updateEndpoint } from "../delivery";
import { guardPolicyOf } from "../lib/guard-policy";
import { pageQuery } from "./cursor";
import {
  endpoint,
  endpointChanges,
  freshEndpoint,
  logEntry,
  newEndpoint,
  viewEndpoint,
  viewLogEntry,
} from "./endpoint-shapes";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { idParam, json, listOf, pageOf } from "./shapes";

const common = { tags: ["Endpoints"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List endpoints, newest first",
  request: { query: z.strictObject(pageQuery(z.object({ id: z.string() }))) },
  responses: { 200: { description: "A page of endpoints", ...json(listOf(endpoint)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Make an endpoint",
  request: {
    body: { required: true, ...json(newEndpoint, { url: "https://crm.example/hooks/calls", events: ["call.*"] }) },
  },
  responses: {
    201: { description: "The endpoint", ...json(freshEndpoint) },
    ...failures(400, 401, 403, 409, 415, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an endpoint",
  request: { params: idParam },
  responses: { 200: { description: "The endpoint", ...json(endpoint) }, ...failures(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change an endpoint",
  request: { params: idParam, body: { required: true, ...json(endpointChanges, { active: false }) } },
  responses: { 200: { description: "The endpoint", ...json(endpoint) }, ...failures(400, 401, 403, 404, 415, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete an endpoint",
  description: "Deliveries that still wait are dropped. Deleting it again is no failure.",
  request: { params: idParam },
  responses: { 204: { description: "The endpoint is deleted" }, ...failures(401, 403, 404) },
});

const log = createRoute({
  ...common,
  method: "get",
  path: "/{id}/log",
  summary: "List the deliveries of an endpoint with every attempt, newest first",
  request: {
    params: idParam,
    query: z.strictObject({
      ...pageQuery(z.object({ enqueuedAt: z.number(), deliveryId: z.string() })),
      state: logEntry.shape.state.optional(),
      call_id: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page of deliveries", ...json(listOf(logEntry)) },
    ...failures(401, 403, 404, 422),
  },
});

/**
 * `/v1/endpoints`, and `/v1/webhooks` for those who call them that. After each write the endpoint's object is told; when
 * that fails the request fails, and repeating it tells the object again.
 */
export function endpointRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listEndpoints(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor });
      return c.json(
        pageOf(rows, limit, viewEndpoint, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { config, db, endpointObjects, now } = c.var.deps;
      const input = { ...c.req.valid("json"), organizationId: c.var.caller.organizationId };
      const means = { masterKeys: config.masterKeys, policy: guardPolicyOf(c.var.deps.config), now: now() };
      const made = await createEndpoint(db, input, means);
      if (!made.ok) return problem(c, made.error);
      await endpointObjects.configure(made.value.config);
      return c.json({ ...viewEndpoint(made.value.row), signing_secret: made.value.secret }, 201);
    })
    .openapi(read, async (c) => {
      const found = await readEndpoint(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(viewEndpoint(found.value), 200) : problem(c, found.error);
    })
    .openapi(update, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const updated = await updateEndpoint(
        c.var.deps.db,
        target,
        c.req.valid("json"),
        guardPolicyOf(c.var.deps.config),
      );
      if (!updated.ok) return problem(c, updated.error);
      await c.var.deps.endpointObjects.configure(updated.value.config);
      return c.json(viewEndpoint(updated.value.row), 200);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteEndpoint(c.var.deps.db, target);
      if (!deleted.ok) return problem(c, deleted.error);
      await c.var.deps.endpointObjects.configure(deleted.value);
      return c.body(null, 204);
    })
    .openapi(log, async (c) => {
      const { limit, cursor, state, call_id: stream } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const found = await readEndpoint(c.var.deps.db, { organizationId, id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const query = { limit: limit + 1, before: cursor, state, stream };
      const entries = await c.var.deps.endpointObjects.log(found.value.id, organizationId, query);
      const page = pageOf(entries, limit, viewLogEntry, (entry) => ({
        enqueuedAt: entry.enqueuedAt,
        deliveryId: entry.deliveryId,
      }));
      return c.json(page, 200);
    });
}
