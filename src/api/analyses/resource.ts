import { createRoute, z } from "@hono/zod-openapi";
import { listAnalyses, readAnalysis, readFindings, snapshotAnalysis, type AnalysisRow } from "../../analysis";
import { analysisSnapshot, exampleAnalysis } from "../../events";
import { withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { exampleFindings, findings, viewFindings } from "./findings";
import { failures, problem } from "../problem";
import { newRouter, type ApiDeps } from "../router";
import { SECURED } from "../security";
import { idParam, json, scannedListOf, scannedPageOf } from "../shapes";

const analysisDetail = analysisSnapshot
  .extend({ findings: findings.nullable().describe("Null until the analysis is completed.") })
  .openapi("AnalysisDetail", { example: { ...exampleAnalysis, findings: exampleFindings } });

const common = { tags: ["Analyses"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List analyses, those of the newest calls first",
  description: "A state is searched in at most 2,000 calls per page; `scanned_until` then says how far the search got.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ startedAt: z.number(), callId: z.string(), id: z.string() })),
      state: analysisSnapshot.shape.state.optional(),
      call_id: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: {
      description: "A page of analyses",
      ...json(scannedListOf(analysisSnapshot), { data: [exampleAnalysis], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an analysis with its findings",
  request: { params: idParam },
  responses: { 200: { description: "The analysis", ...json(analysisDetail) }, ...failures(401, 403, 404) },
});

/** `/v1/analyses` */
export function analysisRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, state, call_id: callId } = c.req.valid("query");
      const found = await listAnalyses(c.var.deps.db, {
        ...withinOf(c),
        filter: { state, callId },
        limit: limit + 1,
        after: cursor,
      });
      const page = scannedPageOf(
        found,
        limit,
        (row) => snapshotAnalysis(row.analysis),
        (row) => ({ startedAt: row.startedAt, callId: row.analysis.callId, id: row.analysis.id }),
        (looked) => ({ startedAt: looked.startedAt, callId: looked.id, id: "" }),
      );
      return c.json(page, 200);
    })
    .openapi(read, async (c) => {
      const found = await readAnalysis(c.var.deps.db, {
        ...withinOf(c),
        id: c.req.valid("param").id,
      });
      return found.ok ? c.json(await viewDetail(c.var.deps, found.value), 200) : problem(c, found.error);
    });
}

async function viewDetail({ bucket }: ApiDeps, row: AnalysisRow): Promise<z.infer<typeof analysisDetail>> {
  const whole = await readFindings(bucket, row);
  return { ...snapshotAnalysis(row), findings: whole && viewFindings(whole) };
}
