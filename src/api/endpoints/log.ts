import { createRoute, z } from "@hono/zod-openapi";
import { readEndpoint } from "../../delivery";
import { notFound } from "../../errors";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, moment, pageOf } from "../shapes";
import { sortQuery } from "../sort";
import { blockedCall, delivery, deliveryDetail, viewBlocked, viewDelivery, viewDeliveryDetail } from "./log-shapes";
import { wholeNumber } from "../whole-number";

/** The path parameters of one delivery of an endpoint. */
export const deliveryParams = z.object({ id: z.string().max(200), deliveryId: z.string().max(200) });

const common = { tags: ["Deliveries"], security: SECURED };

const log = createRoute({
  ...common,
  method: "get",
  path: "/{id}/log",
  summary: "List the deliveries of an endpoint with every attempt",
  request: {
    params: idParam,
    query: z.strictObject({
      ...pageQuery(z.object({ enqueuedAt: z.number(), deliveryId: z.string() })),
      ...sortQuery("enqueued_at", "descending"),
      state: delivery.shape.state.optional(),
      type: z.string().max(100).optional().describe("The event's type."),
      call_id: z.string().max(200).optional(),
      status: wholeNumber({ min: 100, max: 599 })
        .optional()
        .openapi({ description: "HTTP status of the last attempt.", example: 500 }),
      from: moment.optional().openapi({ description: "Enqueued at or after this moment." }),
      to: moment.optional().openapi({ description: "Enqueued before this moment." }),
    }),
  },
  responses: {
    200: { description: "A page of deliveries", ...json(listOf(delivery)) },
    ...failures(401, 403, 404, 422),
  },
});

const blocked = createRoute({
  ...common,
  method: "get",
  path: "/{id}/blocked",
  summary: "List the calls that wait at an endpoint",
  description:
    "A call waits while the event in front was tried and not taken, or while nothing is tried because the endpoint is switched off, paused or fails all the time; `reason` says which. Its later events are queued behind it. The one whose event came first is first.",
  request: {
    params: idParam,
    query: z.strictObject(pageQuery(z.object({ arrival: z.number(), deliveryId: z.string() }))),
  },
  responses: {
    200: { description: "A page of calls that wait", ...json(listOf(blockedCall)) },
    ...failures(401, 403, 404, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/deliveries/{deliveryId}",
  summary: "Read a delivery with the request and answer of each attempt",
  request: { params: deliveryParams },
  responses: { 200: { description: "The delivery", ...json(deliveryDetail) }, ...failures(401, 403, 404) },
});

/** The deliveries of an endpoint. */
export function logRoutes() {
  return newRouter()
    .openapi(log, async (c) => {
      const { limit, cursor, call_id: stream, sort: order, ...filter } = c.req.valid("query");
      const found = await readEndpoint(c.var.deps.db, {
        organizationId: c.var.caller.organizationId,
        id: c.req.valid("param").id,
      });
      if (!found.ok) return problem(c, found.error);
      const query = { ...filter, stream, limit: limit + 1, before: cursor, order, brief: true };
      const entries = await c.var.deps.endpointObjects.log(found.value, query);
      const page = pageOf(entries, limit, viewDelivery, (entry) => ({
        enqueuedAt: entry.enqueuedAt,
        deliveryId: entry.deliveryId,
      }));
      return c.json(page, 200);
    })
    .openapi(blocked, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readEndpoint(c.var.deps.db, target);
      if (!found.ok) return problem(c, found.error);
      const lanes = await c.var.deps.endpointObjects.blocked(found.value, { limit: limit + 1, after: cursor });
      const positionOf = ({ arrival, entry: { deliveryId } }: (typeof lanes)[number]) => ({ arrival, deliveryId });
      return c.json(pageOf(lanes, limit, viewBlocked, positionOf), 200);
    })
    .openapi(read, async (c) => {
      const { id, deliveryId } = c.req.valid("param");
      const found = await readEndpoint(c.var.deps.db, { organizationId: c.var.caller.organizationId, id });
      if (!found.ok) return problem(c, found.error);
      const entry = await c.var.deps.endpointObjects.delivery(found.value, deliveryId);
      return entry ? c.json(viewDeliveryDetail(entry, found.value), 200) : problem(c, notFound("delivery"));
    });
}
