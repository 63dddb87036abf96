import { PLATFORMS } from "../../platforms";
import { createRoute, z } from "@hono/zod-openapi";
import { DAY, toIso } from "../../lib/time";
import { listRefusals, readInbound, searchInbound } from "../../sources";
import { pageQuery } from "../cursor";
import { FULL_REACH } from "../../identity";
import { failures, problem } from "../problem";
import { sortQuery } from "../sort";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { idParam, json, moment, listOf, wholeOf } from "../shapes";
import { commonFilter, example, inboundDetail, searchPage, viewDetail, viewPage } from "../inbound/shapes";

const UNOWNED = "";
const MAX_COUNTS = 5_000;

const common = { tags: ["Deployment"], security: ADMIN_ONLY };
const kind = z.string().min(1).max(200).optional().openapi({ description: "The platform whose path it came to." });

const list = createRoute({
  ...common,
  method: "get",
  path: "/inbound",
  summary: "Search requests that belong to no organization",
  description:
    "Invalid keys, unknown sources, wrong signatures. Kept for 7 days, and only the first of each kind: `GET /admin/refusals` has the numbers.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("received_at", "descending"),
      ...commonFilter,
      kind,
    }),
  },
  responses: {
    200: {
      description: "A page of requests",
      ...json(searchPage, { data: [exampleUnowned()], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/inbound/{id}",
  summary: "Read one request that belongs to no organization",
  request: { params: idParam },
  responses: {
    200: {
      description: "The request",
      ...json(inboundDetail, { ...exampleUnowned(), body: null, body_withheld: false }),
    },
    ...failures(401, 404),
  },
});

const refusalCount = z.object({
  hour: z.iso.datetime().describe("Start of the hour."),
  kind: z.string(),
  reason: z.string(),
  requests: z.number().int(),
  last_at: z.iso.datetime(),
});

const refusals = createRoute({
  ...common,
  method: "get",
  path: "/refusals",
  summary: "Count the refusals that belong to no organization",
  description:
    "By hour, platform and reason, the latest hour first. Every refusal is counted, also those that the log leaves out.",
  request: {
    query: z.strictObject({
      kind,
      from: moment.optional().openapi({ description: "Hours that begin at or after this moment; 24 hours ago." }),
      to: moment.optional().openapi({ description: "Hours that begin before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "The counts",
      ...json(listOf(refusalCount), {
        data: [
          {
            hour: "2026-08-20T14:00:00.000Z",
            kind: "anura",
            reason: "unknown_key",
            requests: 18_211,
            last_at: "2026-08-20T14:03:12.000Z",
          },
        ],
        next_cursor: null,
      }),
    },
    ...failures(401, 422),
  },
});

/** `/admin/inbound` and `/admin/refusals`: unowned requests, which belong to no organization. */
export function unownedInboundRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort, kind: sourceKind, to: until, ...filter } = c.req.valid("query");
      const search = {
        organizationId: UNOWNED,
        reach: FULL_REACH,
        filter: { ...filter, sourceKind, until },
        limit,
        after: cursor?.id,
      };
      return c.json(
        viewPage(await searchInbound(c.var.deps.db, { ...search, order: sort === "ascending" ? "oldest" : "newest" })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const target = { organizationId: UNOWNED, reach: FULL_REACH, id: c.req.valid("param").id };
      const found = await readInbound(c.var.deps.db, c.var.deps.bucket, target);
      return found.ok ? c.json(viewDetail({ ...found.value, isWithheld: false }), 200) : problem(c, found.error);
    })
    .openapi(refusals, async (c) => {
      const { db, now } = c.var.deps;
      const { kind: sourceKind, from = now() - DAY, to: until = now() + DAY } = c.req.valid("query");
      const kinds = sourceKind === undefined ? Object.keys(PLATFORMS) : [sourceKind];
      const rows = await listRefusals(db, { from, until, limit: MAX_COUNTS }, kinds);
      const data = rows.map((row) => ({
        hour: toIso(row.hour),
        kind: row.sourceKind,
        reason: row.reason,
        requests: row.requests,
        last_at: toIso(row.lastAt),
      }));
      return c.json(wholeOf(data), 200);
    });
}

function exampleUnowned() {
  return {
    ...example,
    source: { id: null, kind: "anura" },
    path: "/webhook/anura/",
    outcome: "refused" as const,
    reason: "unknown_key",
    status: 401,
    call_id: null,
  };
}
