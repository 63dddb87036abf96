import { createRoute, z } from "@hono/zod-openapi";
import {
  actOn,
  listRefusedFiles,
  openStorage,
  previewFiles,
  readConnector,
  retryFile,
  syncConnector,
} from "../../connectors";
import { notFound } from "../../errors";
import { recordAct } from "../../identity";
import { actOf, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import { failure, viewFailure } from "./failure-shape";
import { connector, refusedFile } from "./shapes";
import { viewConnector, viewRefusedFile } from "./views";

const common = { tags: ["Connectors"], security: SECURED };
/** Files that a dry run lists. */
const MOST_PREVIEWED = 200;

const NO_KEY = {
  code: "wrong_key",
  detail: "s3.amazonaws.com answered 403 InvalidAccessKeyId",
  cause: "The storage does not know the access key.",
  remedy: "Verify the credentials: copy the access key again, or make a new one in the storage.",
};

const tested = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.enum(["list", "read", "write", "delete"]),
      ok: z.boolean(),
      failure: failure.nullable(),
    }),
  ),
});

const test = createRoute({
  ...common,
  method: "post",
  path: "/{id}/test",
  summary: "Test a connector",
  description:
    "Tries what a look does, up to the first step that fails: list, read the first byte of a file where there is one, and where files are moved, write and delete the empty file `.trunkline-test` in the processed path. Nothing is taken in. The `detail` of `host_key_unknown` and `host_key_changed` is the host key that the server shows; set it as `connection.hostKey` once it was compared with the one that its administrator gives.",
  request: { params: idParam },
  responses: {
    200: {
      description: "Each step",
      ...json(tested, { ok: false, steps: [{ step: "list", ok: false, failure: NO_KEY }] }),
    },
    ...failures(401, 403, 404),
  },
});

const preview = createRoute({
  ...common,
  method: "post",
  path: "/{id}/dry-run",
  summary: "Show what a connector would take in",
  description: `The first ${MOST_PREVIEWED} files of the import path, and what would be done with each. Nothing is taken in, moved or noted.`,
  request: { params: idParam },
  responses: {
    200: {
      description: "The files",
      ...json(
        z.object({
          files: z.array(
            z.object({
              name: z.string(),
              size: z.number().int(),
              verdict: z.enum(["take", "skip", "refuse"]),
              reason: z.string().nullable(),
              code: z.string().nullable().describe("Why it would be refused, by its code."),
              fields: z.record(z.string(), z.string()).describe("What its name gives of the call."),
            }),
          ),
          more: z.boolean().describe("Whether there are more files than are listed."),
          failure: failure.nullable().describe("Why the storage could not be listed."),
        }),
        {
          files: [
            {
              name: "incoming/Ana/20260820-140509.wav",
              size: 812_044,
              verdict: "take",
              reason: null,
              code: null,
              fields: { operator: "Ana" },
            },
            { name: "incoming/notes.txt", size: 120, verdict: "skip", reason: "pattern", code: null, fields: {} },
          ],
          more: false,
          failure: null,
        },
      ),
    },
    ...failures(401, 403, 404),
  },
});

const sync = createRoute({
  ...common,
  method: "post",
  path: "/{id}/sync",
  summary: "Look into a storage now",
  description: "The look begins within a minute.",
  request: { params: idParam },
  responses: { 202: { description: "It is due", ...json(connector) }, ...failures(401, 403, 404, 409) },
});

const files = createRoute({
  ...common,
  method: "get",
  path: "/{id}/refused-files",
  summary: "List the files that were left where they are",
  request: { params: idParam, query: z.strictObject(pageQuery(z.object({ uploadId: z.string() }))) },
  responses: {
    200: { description: "A page of files, newest first", ...json(listOf(refusedFile)) },
    ...failures(401, 403, 404, 422),
  },
});

const retry = createRoute({
  ...common,
  method: "post",
  path: "/{id}/refused-files/{file_id}/retry",
  summary: "Try a refused file again",
  description: "The next look that finds it takes it in.",
  request: { params: idParam.extend({ file_id: z.string().max(200) }) },
  responses: { 204: { description: "It is tried again" }, ...failures(401, 403, 404) },
});

/** What is done with a connector beside changing it. */
export function actRoutes() {
  return newRouter()
    .openapi(test, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const opened = await openStorage(c.var.deps, target);
      if (!opened.ok) return problem(c, opened.error);
      await recordAct(c.var.deps.db, actOn(target, "connector.tested"), actOf(c));
      const { storage } = opened.value;
      const steps = (await storage.test().finally(() => storage.close())).map((one) => ({
        step: one.step,
        ok: one.failure === null,
        failure: one.failure && viewFailure(one.failure),
      }));
      return c.json({ ok: steps.every((step) => step.ok), steps }, 200);
    })
    .openapi(preview, async (c) => {
      const opened = await openStorage(c.var.deps, { ...withinOf(c), id: c.req.valid("param").id });
      if (!opened.ok) return problem(c, opened.error);
      const { storage, settings } = opened.value;
      const shown = await previewFiles(storage, settings, MOST_PREVIEWED, c.var.deps.now).finally(() =>
        storage.close(),
      );
      if (shown.ok) return c.json({ ...shown.value, failure: null }, 200);
      return c.json({ files: [], more: false, failure: viewFailure(shown.error) }, 200);
    })
    .openapi(sync, async (c) => {
      const due = await syncConnector(c.var.deps, { ...withinOf(c), id: c.req.valid("param").id }, actOf(c));
      return due.ok ? c.json(viewConnector(due.value), 202) : problem(c, due.error);
    })
    .openapi(files, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const found = await readConnector(c.var.deps.db, { ...withinOf(c), id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const query = { connectorId: found.value.id, limit: limit + 1, after: cursor };
      const rows = await listRefusedFiles(c.var.deps.db, query);
      return c.json(
        pageOf(rows, limit, viewRefusedFile, (row) => ({ uploadId: row.uploadId })),
        200,
      );
    })
    .openapi(retry, async (c) => {
      const { id, file_id: fileId } = c.req.valid("param");
      const found = await readConnector(c.var.deps.db, { ...withinOf(c), id });
      if (!found.ok) return problem(c, found.error);
      const isRetried = await retryFile(c.var.deps.db, { ...withinOf(c), id }, fileId, actOf(c));
      return isRetried ? c.body(null, 204) : problem(c, notFound("file"));
    });
}
