import { createRoute, z } from "@hono/zod-openapi";
import { createEndpoint, deleteEndpoint, listEndpoints, readEndpoint, updateEndpoint } from "../../delivery";
import { actOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { endpoint, endpointChanges, freshEndpoint, newEndpoint, optionsFrom, viewEndpoint } from "./shapes";

const common = { tags: ["Endpoints"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List endpoints, newest first",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of endpoints", ...json(listOf(endpoint)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create an endpoint",
  description:
    "A body with a `retryPolicy` and no `profile` is AuthentiVoice's, and creates an `authentivoice` endpoint.",
  request: { body: { required: true, ...json(newEndpoint) } },
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
  description:
    "What is left out stays unchanged. `headers` and `filters` are replaced as a whole (a header sent back as shown keeps " +
    "its value); each of the `settings` changes separately. A changed number of shards takes effect 60 seconds later.",
  request: { params: idParam, body: { required: true, ...json(endpointChanges) } },
  responses: {
    200: { description: "The endpoint", ...json(endpoint) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Delete an endpoint",
  description: "Waiting deliveries are dropped. Deleting it again succeeds.",
  request: { params: idParam },
  responses: { 204: { description: "The endpoint is deleted" }, ...failures(401, 403, 404) },
});

/** Endpoints. A change or deletion that cannot be pushed to the endpoint's objects fails and can be repeated. */
export function resourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const { organizationId } = c.var.caller;
      const rows = await listEndpoints(c.var.deps.db, { organizationId, limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewEndpoint, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(create, async (c) => {
      const { secret, profile, url, events, ...given } = c.req.valid("json");
      const spoken = profile ?? (given.retryPolicy === undefined ? "standard" : "authentivoice");
      const { organizationId } = c.var.caller;
      const input = { ...optionsFrom(given), url, events, secret, profile: spoken, organizationId };
      const made = await createEndpoint(c.var.deps, input, actOf(c));
      if (!made.ok) return problem(c, made.error);
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
      const { deps, caller } = c.var;
      const target = { organizationId: caller.organizationId, id: c.req.valid("param").id };
      const updated = await updateEndpoint(deps, target, optionsFrom(c.req.valid("json")), actOf(c));
      return updated.ok ? c.json(viewEndpoint(updated.value), 200) : problem(c, updated.error);
    })
    .openapi(remove, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const deleted = await deleteEndpoint(c.var.deps, target, actOf(c));
      return deleted.ok ? c.body(null, 204) : problem(c, deleted.error);
    });
}
