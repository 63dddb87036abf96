import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { abortUpload, listUploads, readUploadRow } from "../../sources";
import { actOf, requireCaller } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { idParam, json, listOf, pageOf } from "../shapes";
import { callFieldShapes, completedUpload, upload, viewCompleted, viewUpload } from "./shapes";
import { takeUpload } from "./take";
import { tusRoutes } from "./tus";
import { uploaderOf } from "./uploader";

export { AS_UPLOADED } from "./receive-form";
export { notKept } from "./failure";
export { callFieldShapes } from "./shapes";
export { partUploadRoutes } from "./parts";
export { takeUpload } from "./take";
export { uploaderOf } from "./uploader";

const common = { tags: ["Uploads"], security: SECURED };

const file = z.string().openapi({ format: "binary" });

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Upload the recordings of a call",
  description:
    "As a form with one or several `file`, or with the audio itself as the body and the fields in the query. Large files come better through `/v1/uploads/tus`, the tus 1.0.0 protocol, which resumes. A key limited to a campaign may upload into it.",
  request: {
    query: z.object({ ...callFieldShapes, file_name: z.string().optional().describe("For a body that is the audio.") }),
    body: {
      required: true,
      content: {
        "multipart/form-data": { schema: z.object({ file, ...callFieldShapes }) },
        "audio/*": { schema: file },
      },
    },
  },
  responses: {
    201: { description: "The files are stored; the call follows within seconds", ...json(completedUpload) },
    ...failures(400, 401, 403, 409, 413, 415, 422),
  },
});

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List uploads, newest first",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("created_at", "descending"),
      state: upload.shape.state.optional(),
    }),
  },
  responses: { 200: { description: "A page of uploads", ...json(listOf(upload)) }, ...failures(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read an upload: its progress and its call",
  request: { params: idParam },
  responses: { 200: { description: "The upload", ...json(upload) }, ...failures(401, 403, 404) },
});

const abort = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Abort an open upload",
  request: { params: idParam },
  responses: { 204: { description: "The uploaded data is deleted" }, ...failures(401, 403, 404, 409) },
});

/** `/v1/uploads`, and under it `/tus`. `once` lets an upload in one request be carried out once. */
export function uploadRoutes(once: MiddlewareHandler<ApiEnv>): OpenAPIHono<ApiEnv> {
  const router = newRouter();
  router.route("/tus", tusRoutes());
  // The same with a trailing slash, as tus endpoints often have.
  router.route("/tus/", tusRoutes());
  router.use(requireCaller);
  // Described, but mounted by hand: a validated form would be read into memory.
  router.openAPIRegistry.registerPath(create);
  router.post("/", once, (c) => takeUpload(c, (completed) => c.json(viewCompleted(completed), 201)));
  return router
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, state } = c.req.valid("query");
      const query = { ...uploaderOf(c), limit: limit + 1, state, after: cursor, order };
      const rows = await listUploads(c.var.deps.db, query);
      return c.json(
        pageOf(rows, limit, viewUpload, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(read, async (c) => {
      const found = await readUploadRow(c.var.deps.db, { ...uploaderOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewUpload(found.value), 200) : problem(c, found.error);
    })
    .openapi(abort, async (c) => {
      const name = { ...uploaderOf(c), id: c.req.valid("param").id };
      const aborted = await abortUpload(c.var.deps, name, actOf(c));
      return aborted.ok ? c.body(null, 204) : problem(c, aborted.error);
    });
}
