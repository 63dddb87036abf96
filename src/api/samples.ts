import { createRoute, z } from "@hono/zod-openapi";
import { loadSamples, MOST_SAMPLE_CALLS, readSamples, removeSamples, SAMPLE_CALLS } from "../samples";
import { actOf } from "./authenticate";
import { failures } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json } from "./shapes";

const state = z
  .object({
    loaded: z.number().int().describe("Sample calls that are there. They come within seconds after they were sent."),
    analysed: z.number().int().describe("Those whose recording is analysed."),
  })
  .openapi("Samples", { example: { loaded: 30, analysed: 28 } });

const common = { tags: ["Samples"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Read how many sample calls are there",
  responses: { 200: { description: "The samples", ...json(state) }, ...failures(401, 403) },
});

const load = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Load sample calls",
  description:
    "Calls in three languages with real audio, put in as uploads of a source and campaign of their own, which are made. They are analysed and delivered like all calls, and left out of usage. Done again it sends what is missing.",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ calls: z.number().int().min(1).max(MOST_SAMPLE_CALLS).default(SAMPLE_CALLS) }), {
        calls: SAMPLE_CALLS,
      }),
    },
  },
  responses: {
    202: {
      description: "They are on their way",
      ...json(z.object({ sent: z.number().int().describe("Calls that were missing and are sent.") }), { sent: 30 }),
    },
    ...failures(400, 401, 403, 415, 422),
  },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/",
  summary: "Remove the sample calls",
  description:
    "With their recordings, analyses, tasks, events and deliveries, and their source and campaign. No other call is touched.",
  responses: {
    200: {
      description: "They are gone",
      ...json(z.object({ removed: z.number().int().describe("Calls that were removed.") }), { removed: 30 }),
    },
    ...failures(401, 403),
  },
});

/** `/v1/samples` */
export function sampleRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const samples = await readSamples(c.var.deps.db, c.var.caller.organizationId);
      return c.json(samples ?? { loaded: 0, analysed: 0 }, 200);
    })
    .openapi(load, async (c) => {
      const { organizationId } = c.var.caller;
      const sent = await loadSamples(c.var.deps, { organizationId, count: c.req.valid("json").calls }, actOf(c));
      return c.json({ sent }, 202);
    })
    .openapi(remove, async (c) => {
      const removed = await removeSamples(c.var.deps, c.var.caller.organizationId, actOf(c));
      return c.json({ removed }, 200);
    });
}
