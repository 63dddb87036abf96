import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readReport, reportByCriterion, type Report } from "../../reports";
import { csvStream } from "../../lib/csv";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json, yesOrNo } from "../shapes";
import {
  brokenDown,
  criteriaReport,
  dateOf,
  filterOf,
  ofWhat,
  report,
  spanOf,
  viewCriterion,
  viewFigures,
} from "./shapes";

const common = { tags: ["Reports"], security: SECURED };

const COUNTED =
  "Read from counters that follow what happened within a quarter of an hour. Calls count on the day they began, reviews on the day they were completed; days are UTC. Only what the caller reaches is counted.";

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Report on calls and reviews, by time, campaign, operator, team or reviewer",
  description: COUNTED,
  request: { query: z.strictObject({ ...ofWhat, by: brokenDown }) },
  responses: { 200: { description: "The report", ...json(report) }, ...failures(401, 403, 422) },
});

const criteria = createRoute({
  ...common,
  method: "get",
  path: "/criteria",
  summary: "Report on scores by criterion",
  description: COUNTED,
  request: {
    query: z.strictObject({
      from: ofWhat.from,
      to: ofWhat.to,
      campaign_id: ofWhat.campaign_id,
      operator_id: ofWhat.operator_id,
      scorecard_id: ofWhat.scorecard_id.describe("One scorecard alone."),
    }),
  },
  responses: { 200: { description: "The report", ...json(criteriaReport) }, ...failures(401, 403, 422) },
});

const exported = createRoute({
  ...common,
  method: "get",
  path: "/export",
  summary: "Export a report as CSV",
  description: `${COUNTED} The columns are those of the JSON. What a spreadsheet would take for a formula or a number is written as text.`,
  request: {
    query: z.strictObject({
      ...ofWhat,
      by: brokenDown,
      bom: yesOrNo.default(false).describe("Begins with the mark by which spreadsheets know UTF-8."),
    }),
  },
  responses: {
    200: { description: "The report", content: { "text/csv": { schema: z.string() } } },
    ...failures(401, 403, 422),
  },
});

/** `/v1/reports` */
export function reportRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const found = await reportOf(c, c.req.valid("query"));
      if (!found.ok) return problem(c, found.error);
      const { by, span, rows, more, total, hasCalls } = found.value;
      return c.json(
        {
          from: dateOf(span.from),
          to: dateOf(span.until),
          by,
          data: rows.map((row) => viewRow(row, hasCalls)),
          has_more: more,
          total: viewFigures(total, hasCalls),
        },
        200,
      );
    })
    .openapi(criteria, async (c) => {
      const { from, to, ...asked } = c.req.valid("query");
      const span = spanOf({ from, to }, c.var.deps.now());
      if (!span.ok) return problem(c, span.error);
      const rows = await reportByCriterion(c.var.deps.db, { ...withinOf(c), ...span.value, filter: filterOf(asked) });
      const { from: first, until } = span.value;
      return c.json({ from: dateOf(first), to: dateOf(until), data: rows.map(viewCriterion) }, 200);
    })
    .openapi(exported, async (c) => {
      const { bom, ...asked } = c.req.valid("query");
      const found = await reportOf(c, asked);
      if (!found.ok) return problem(c, found.error);
      const { by, rows, total, hasCalls } = found.value;
      const lines = rows.map((row) => cellsOf(viewRow(row, hasCalls)));
      const head = Object.keys(flat(viewRow(rows[0] ?? { ...total, key: null, name: null, days: null }, hasCalls)));
      return new Response(csvStream(head, lines, { bom }), {
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": `attachment; filename="report-by-${by}.csv"`,
        },
      });
    });
}

type Asked = Parameters<typeof filterOf>[0] & { from: number; to: number; by: Report["by"] };

async function reportOf(c: Context<ApiEnv>, { from, to, by, ...asked }: Asked) {
  const span = spanOf({ from, to }, c.var.deps.now());
  if (!span.ok) return span;
  const query = { ...withinOf(c), ...span.value, filter: filterOf(asked) };
  return { ok: true as const, value: await readReport(c.var.deps.db, by, query) };
}

function viewRow({ key, name, days, ...sums }: Report["rows"][number], hasCalls: boolean) {
  return {
    id: key,
    name,
    from: days && dateOf(days.from),
    to: days && dateOf(days.until),
    ...viewFigures(sums, hasCalls),
  };
}

type Flat = Record<string, string | number | null>;

function flat({ calls, reviews, ...rest }: ReturnType<typeof viewRow>): Flat {
  return { ...rest, ...calls, ...reviews };
}

function cellsOf(row: ReturnType<typeof viewRow>): string[] {
  return Object.values(flat(row)).map((value) => (value === null ? "" : String(value)));
}
