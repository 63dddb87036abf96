import { createRoute, z } from "@hono/zod-openapi";
import {
  KEEP_HOURS,
  FAILURE_CODES,
  listEndpoints,
  MAX_ENDPOINTS,
  readEndpoint,
  readHealth,
  readUndelivered,
  troubleOf,
  warningsFor,
  type EndpointHealth,
  type EndpointRow,
  type UndeliveredCount,
} from "../../delivery";
import { notFound } from "../../errors";
import { DAY, toIso } from "../../lib/time";
import { failureOfEndpoint, MANNER_OF_API, sentenceOf } from "../../ui/failures";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, moment } from "../shapes";

const time = z.iso.datetime().nullable();

const endpointHealth = z
  .object({
    endpoint_id: z.string(),
    since: z.iso.datetime().describe("Attempts are counted from here on: a full hour."),
    attempts: z.number().int(),
    delivered: z.number().int(),
    failed: z.number().int(),
    parked: z.number().int(),
    success_rate: z.number().nullable().describe("The share of attempts that delivered; null when there were none."),
    p50_ms: z.number().nullable().describe("Half of the attempts took at most this long."),
    p95_ms: z.number().nullable(),
    backlog: z.number().int().describe("Open deliveries."),
    oldest_due_at: time.describe("The due time of the delivery that has been due the longest; null when none is due."),
    last_success_at: time,
    last_failure_at: time,
    failing_since: time.describe("Since when every attempt failed; null while they succeed."),
    failures: z.number().int().describe("How many attempts failed in a row."),
    code: z
      .enum([...FAILURE_CODES, "failing", "off", "undelivered", "slow_answers"])
      .nullable()
      .describe(
        "What is wrong: what most likely is behind the last failure, or a state. `gone` and `failing`: it was disabled; `off`: a person did; `undelivered`: its queue is full; `slow_answers`: it works, slowly. Null: nothing is wrong.",
      ),
    message: z
      .string()
      .nullable()
      .describe("The same in a sentence: the host, since when, how many, what likely is behind it, and what to do."),
    updated_at: time.describe("When the endpoint last reported: at most a minute ago while it is busy."),
    warnings: z.array(z.enum(["slow_answers"])).describe("`slow_answers`: slower than its platform asks for."),
  })
  .openapi("EndpointHealth", {
    example: {
      endpoint_id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      since: "2026-08-19T14:00:00.000Z",
      attempts: 1204,
      delivered: 1200,
      failed: 4,
      parked: 0,
      success_rate: 0.9967,
      p50_ms: 84,
      p95_ms: 310,
      backlog: 0,
      oldest_due_at: null,
      last_success_at: "2026-08-20T13:59:58.000Z",
      last_failure_at: "2026-08-20T09:12:41.000Z",
      failing_since: null,
      failures: 0,
      code: null,
      message: null,
      updated_at: "2026-08-20T13:59:58.000Z",
      warnings: [],
    },
  });

const common = { tags: ["Endpoints"], security: SECURED };
const query = z.strictObject({
  since: moment
    .optional()
    .openapi({ description: "Attempts are counted from here on, at most 30 days back. Default: the last day." }),
});

const list = createRoute({
  ...common,
  method: "get",
  path: "/health",
  summary: "Read the health of all endpoints",
  request: { query },
  responses: {
    200: { description: "The health of each endpoint", ...json(listOf(endpointHealth)) },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/health",
  summary: "Read the health of an endpoint",
  request: { params: idParam, query },
  responses: { 200: { description: "Its health", ...json(endpointHealth) }, ...failures(401, 403, 404, 422) },
});

/** The health of endpoints, from the latest reports of their objects. */
export function healthRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { db, now } = c.var.deps;
      const { organizationId } = c.var.caller;
      const since = beginning(c.req.valid("query").since, now());
      const rows = await listEndpoints(db, { organizationId, limit: MAX_ENDPOINTS });
      const [figures, waiting] = await Promise.all([
        readHealth(db, { organizationId, since }),
        readUndelivered(
          db,
          rows.map(({ id }) => id),
        ),
      ]);
      const data = rows.flatMap((row) =>
        figures.filter((one) => one.endpointId === row.id).map((one) => viewHealth(row, one, waiting.get(row.id))),
      );
      return c.json({ data, next_cursor: null }, 200);
    })
    .openapi(read, async (c) => {
      const { db, now } = c.var.deps;
      const target = { organizationId: c.var.caller.organizationId, id: c.req.valid("param").id };
      const since = beginning(c.req.valid("query").since, now());
      const row = await readEndpoint(db, target);
      if (!row.ok) return problem(c, row.error);
      const [[figures], waiting] = await Promise.all([
        readHealth(db, { organizationId: target.organizationId, endpointId: target.id, since }),
        readUndelivered(db, [target.id]),
      ]);
      if (!figures) return problem(c, notFound("endpoint"));
      return c.json(viewHealth(row.value, figures, waiting.get(target.id)), 200);
    });
}

function beginning(asked: number | undefined, now: number): number {
  return Math.max(asked ?? now - DAY, now - KEEP_HOURS);
}

function viewHealth(
  row: EndpointRow,
  figures: EndpointHealth,
  undelivered: UndeliveredCount | undefined,
): z.infer<typeof endpointHealth> {
  const trouble = troubleOf(row, figures, undelivered);
  return {
    endpoint_id: row.id,
    since: toIso(figures.since),
    attempts: figures.attempts,
    delivered: figures.delivered,
    failed: figures.failed,
    parked: figures.parked,
    success_rate: figures.successRate,
    p50_ms: figures.p50,
    p95_ms: figures.p95,
    backlog: figures.backlog,
    oldest_due_at: toIso(figures.oldestDueAt),
    last_success_at: toIso(figures.lastSuccessAt),
    last_failure_at: toIso(figures.lastFailureAt),
    failing_since: toIso(figures.failingSince),
    failures: figures.failure?.failures ?? 0,
    code: trouble?.code ?? null,
    message: trouble && sentenceOf(failureOfEndpoint(trouble), MANNER_OF_API).text,
    updated_at: toIso(figures.updatedAt),
    warnings: warningsFor(row, figures),
  };
}
