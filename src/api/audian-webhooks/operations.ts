import { createRoute, z } from "@hono/zod-openapi";
import { readEndpoint, rotateSecret, testEndpoint } from "../../delivery";
import { invalid } from "../../errors";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { MAX_ROWS, pageNumbers } from "./page";
import { logPagination, logRow, viewLogRow } from "./shapes";

const common = { tags: ["Audian webhooks"], security: SECURED };

const test = createRoute({
  ...common,
  method: "post",
  path: "/{id}/test",
  summary: "Send a test event",
  description: "Sent at once, signed and marked as a test; the answer is its row of the log.",
  request: {
    params: idParam,
    body: {
      required: false,
      ...json(z.strictObject({ event: z.string().max(100).optional() }), { event: "call.completed" }),
    },
  },
  responses: {
    200: { description: "The result", ...json(logRow) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const logs = createRoute({
  ...common,
  method: "get",
  path: "/{id}/logs",
  summary: "List the deliveries of events, newest first",
  description: `One row per event. The first ${MAX_ROWS} can be paged through here; \`/v1/webhooks/{id}/log\` has all.`,
  request: { params: idParam, query: z.strictObject(pageNumbers) },
  responses: {
    200: { description: "A page of events", ...json(z.object({ data: z.array(logRow), pagination: logPagination })) },
    ...failures(401, 403, 404, 422),
  },
});

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/rotate-secret",
  summary: "Replace the signing secret at once",
  request: { params: idParam },
  responses: {
    200: {
      description: "The new secret",
      ...json(z.object({ id: z.string(), signing_secret: z.string() }), {
        id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
        signing_secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      }),
    },
    ...failures(401, 403, 404, 409),
  },
});

/** The operations of Audian's API on a webhook, other than storing it. */
export function operationRoutes() {
  return newRouter({ takesAnyQuery: true })
    .openapi(test, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const tested = await testEndpoint(c.var.deps, target, c.req.valid("json").event, actOf(c));
      if (!tested.ok) return problem(c, tested.error);
      return c.json(viewLogRow(tested.value.endpoint, tested.value.entry), 200);
    })
    .openapi(logs, async (c) => {
      const { db, endpointObjects } = c.var.deps;
      const { page, limit } = c.req.valid("query");
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const found = await readEndpoint(db, target);
      if (!found.ok) return problem(c, found.error);
      if (page * limit > MAX_ROWS) return problem(c, invalid("page", `reaches beyond the first ${MAX_ROWS} rows`));
      const [entries, { count, more }] = await Promise.all([
        endpointObjects.log(found.value, { limit: page * limit, newest: true, brief: true }),
        endpointObjects.count(found.value, { newest: true }),
      ]);
      const data = entries.slice((page - 1) * limit).map((entry) => viewLogRow(found.value, entry));
      // Whoever is on a page beyond the exact count sees at least what there is up to here.
      const total = Math.max(count, entries.length);
      return c.json({ data, pagination: { page, limit, total, ...(more && { more }) } }, 200);
    })
    .openapi(rotate, async (c) => {
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const done = await rotateSecret(c.var.deps, target, { overlap: 0 }, actOf(c));
      if (!done.ok) return problem(c, done.error);
      c.header("cache-control", "no-store");
      return c.json({ id: target.id, signing_secret: done.value.secret }, 200);
    });
}
