import { createRoute, z } from "@hono/zod-openapi";
import {
  listAnalyses,
  measuredBy,
  publicState,
  readFindings,
  readScoreSets,
  snapshotAnalysis,
  snapshotScores,
  type AnalysisRow,
} from "../../analysis";
import { readCall, snapshotCall } from "../../calls";
import { voicesenseMessage } from "../../delivery";
import { analysisSnapshot, exampleAnalysis } from "../../events";
import { notFound } from "../../errors";
import { callIdsOf } from "../../sources";
import { withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiDeps } from "../router";
import { SECURED } from "../security";
import { lastId, sortQuery } from "../sort";
import { idParam, json, moment, scannedListOf, scannedPageOf } from "../shapes";
import { ASK_AGAIN_AFTER } from "./create";
import { readExpectedAnalysis } from "./expected";
import { viewFindings } from "./findings";
import {
  analysisDetail,
  exampleDetail,
  listedAnalysis,
  viewAnalysis,
  viewFoundByRules,
  voicesenseMessageShape,
} from "./shapes";

const common = { tags: ["Analyses"], security: SECURED };

const exampleListed = { ...exampleAnalysis, reference_id: "4711", message: null };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List analyses, by when their calls began",
  description: "A state is searched in at most 2,000 calls per page; `scanned_until` then says how far the search got.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ startedAt: z.number(), callId: z.string(), id: z.string() })),
      ...sortQuery("started_at", "descending"),
      state: analysisSnapshot.shape.state.optional(),
      call_id: z.string().max(200).optional(),
      reference_id: z.string().max(200).optional().describe("The external id of the call: what its sender calls it."),
      from: moment.optional().openapi({ description: "The call began at or after this moment." }),
      to: moment.optional().openapi({ description: "The call began before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "A page of analyses",
      ...json(scannedListOf(listedAnalysis), { data: [exampleListed], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an analysis with its findings",
  description:
    "An id that `POST /v1/analyses` answered is found at once: until the recording is here and analysed it is `pending`, and `Retry-After` says when to read it again. `format=voicesense` answers the message that Voicesense's webhook posts by default, with 202 while there is no result.",
  request: {
    params: idParam,
    query: z.strictObject({
      format: z.enum(["trunkline", "voicesense"]).optional().describe("In which contract's shape. Default: trunkline."),
      engine_version: z
        .string()
        .max(40)
        .optional()
        .describe("Measures and findings of another version of the built-in engine, of those in `engines`."),
    }),
  },
  responses: {
    200: {
      description: "The analysis",
      ...json(z.union([analysisDetail, voicesenseMessageShape]), exampleDetail),
    },
    202: { description: "There is no result yet, in Voicesense's shape", ...json(voicesenseMessageShape) },
    ...failures(401, 403, 404, 422),
  },
});

/** `/v1/analyses` */
export function analysisRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort, reference_id: externalId, call_id: callId, ...filter } = c.req.valid("query");
      const { db } = c.var.deps;
      const within = withinOf(c);
      const callIds = externalId === undefined ? undefined : await callIdsOf(db, { ...within, externalId });
      const found = await listAnalyses(db, {
        ...within,
        filter: { ...filter, callId, callIds },
        limit: limit + 1,
        after: cursor,
        order: sort,
      });
      const page = scannedPageOf(
        found,
        limit,
        (row) => viewAnalysis(row.analysis, row.reference),
        (row) => ({ startedAt: row.startedAt, callId: row.analysis.callId, id: row.analysis.id }),
        (looked) => ({ startedAt: looked.startedAt, callId: looked.id, id: lastId(sort) }),
      );
      return c.json(page, 200);
    })
    .openapi(read, async (c) => {
      const within = withinOf(c);
      const found = await readExpectedAnalysis(c.var.deps, { ...within, id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const row = found.value;
      if (publicState(row) === "pending") c.header("retry-after", ASK_AGAIN_AFTER);
      // Between a request and the processing of its notice there is no call.
      const known = await readCall(c.var.deps.db, { ...within, id: row.callId });
      const call = known.ok ? known.value : undefined;
      const { format, engine_version: version } = c.req.valid("query");
      if (format !== "voicesense") {
        const measured = version === undefined ? row : measuredBy(row, version);
        if (!measured) return problem(c, notFound("analysis"));
        return c.json(await viewDetail(c.var.deps, measured, call?.externalId ?? null), 200);
      }
      const data = { analysis: snapshotAnalysis(row), ...(call && { call: snapshotCall(call) }) };
      const { organizationId } = within;
      const type = row.state === "failed" ? "analysis.failed" : "analysis.completed";
      const message = voicesenseMessage({ type, data, organizationId });
      return publicState(row) === "pending" ? c.json({ ...message, PredictorState: 1 }, 202) : c.json(message, 200);
    });
}

async function viewDetail(
  { bucket }: ApiDeps,
  row: AnalysisRow,
  reference: string | null,
): Promise<z.infer<typeof analysisDetail>> {
  const [whole, sets] = await Promise.all([readFindings(bucket, row), readScoreSets(bucket, row)]);
  return {
    ...viewAnalysis(row, reference),
    ...snapshotScores(row, sets),
    rules: viewFoundByRules(row),
    findings: whole && viewFindings(whole),
  };
}
