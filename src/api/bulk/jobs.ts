import { createRoute, z } from "@hono/zod-openapi";
import { cancelJob, listJobResults, listJobs, readJob, undoJob } from "../../bulk";
import { actOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { bulkResult, job, viewJob, viewResult } from "./shapes";

const common = { tags: ["Bulk"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List jobs, newest first",
  description:
    "Your own. Who reaches the whole organization sees those of others too, of actions that they may do themselves. Jobs are kept for thirty days after their end.",
  request: {
    query: z.strictObject({ ...pageQuery(z.object({ id: z.string() })), ...sortQuery("created_at", "descending") }),
  },
  responses: { 200: { description: "A page of jobs", ...json(listOf(job)) }, ...failures(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a job and how far it is",
  request: { params: idParam },
  responses: { 200: { description: "The job", ...json(job) }, ...failures(401, 403, 404) },
});

const results = createRoute({
  ...common,
  method: "get",
  path: "/{id}/results",
  summary: "List what became of the calls of a job",
  description:
    "Call by call, in the order in which they were done. Of a job by a filter that cannot be undone, only those that failed.",
  request: {
    params: idParam,
    query: z.strictObject(pageQuery(z.object({ page: z.number().int().min(0), at: z.number().int().min(0) }))),
  },
  responses: {
    200: { description: "A page of results", ...json(listOf(bulkResult)) },
    ...failures(401, 403, 404, 422),
  },
});

const cancel = createRoute({
  ...common,
  method: "post",
  path: "/{id}/cancel",
  summary: "Cancel a job",
  description:
    "What is being done is finished, nothing more is begun, and what was done stays done. A job that is over stays as it is.",
  request: { params: idParam },
  responses: { 200: { description: "The job", ...json(job) }, ...failures(401, 403, 404) },
});

const undo = createRoute({
  ...common,
  method: "post",
  path: "/{id}/undo",
  summary: "Undo a job",
  description:
    "Takes back what a `move`, a `state` that closed tasks, or a `tag` or `untag`, changed, by a job of its own: calls go to where each was before, with the reason for which it waited. A call that somebody has moved since is left where it is. Of several tags each call loses, or gets back, those that the job gave it or took off. Tasks that a `state` closed are open again, unless somebody has changed that since, and given to whoever had them. A job can be undone once, when it is over, also when it was cancelled; asked again, the answer is the same job.",
  request: { params: idParam },
  responses: {
    202: { description: "The job that undoes it: see `Location`", ...json(job) },
    ...failures(401, 403, 404, 409),
  },
});

/** `/v1/jobs` */
export function jobRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order } = c.req.valid("query");
      const rows = await listJobs(c.var.deps.db, c.var.caller, { limit: limit + 1, after: cursor, order });
      return c.json(
        pageOf(rows, limit, viewJob, ({ id }) => ({ id })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const found = await readJob(c.var.deps.db, c.var.caller, c.req.valid("param").id);
      return found.ok ? c.json(viewJob(found.value), 200) : problem(c, found.error);
    })
    .openapi(results, async (c) => {
      const found = await readJob(c.var.deps.db, c.var.caller, c.req.valid("param").id);
      if (!found.ok) return problem(c, found.error);
      const { limit, cursor } = c.req.valid("query");
      const rows = await listJobResults(c.var.deps.db, found.value, { limit: limit + 1, after: cursor });
      return c.json(
        pageOf(
          rows,
          limit,
          (row) => viewResult(row.result),
          ({ page, at }) => ({ page, at }),
        ),
        200,
      );
    })
    .openapi(cancel, async (c) => {
      const cancelled = await cancelJob(c.var.deps.db, c.var.caller, c.req.valid("param").id, actOf(c));
      return cancelled.ok ? c.json(viewJob(cancelled.value), 200) : problem(c, cancelled.error);
    })
    .openapi(undo, async (c) => {
      const undone = await undoJob(c.var.deps, c.var.caller, c.req.valid("param").id, { ...actOf(c), atOnce: false });
      if (!undone.ok) return problem(c, undone.error);
      c.header("location", `/v1/jobs/${undone.value.id}`);
      return c.json(viewJob(undone.value), 202);
    });
}
