import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { listCalls } from "../../calls";
import { notFound } from "../../errors";
import { recordPlayback } from "../../identity";
import { heldAudio, serveAudio } from "../../recordings";
import { actOf, requireCaller, withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json, scannedPageOf } from "../shapes";
import { AS_UPLOADED, takeUpload } from "../uploads";
import { auditOf, generateAudit } from "./audit";
import { filesOf, readCallFile } from "./call-file";
import { agentIdentification, externalTask, speakerAnalysis, tags, taskList } from "./shapes";
import { fromExternal } from "./upload-fields";
import { viewAgent, viewSpeakers, viewTags, viewTask, viewTasks } from "./views";

const common = { tags: ["External API"], security: SECURED };
const uuidParam = z.object({ uuid: z.string().max(200).describe("The id of a task or of a call.") });
const text = z.string().optional();

const upload = createRoute({
  ...common,
  method: "post",
  path: "/upload",
  summary: "Upload a recording in the form of AuditorIA's External API",
  description: "`/v1/uploads` does the same with more options. `/upload/`, as the original has it, is the same.",
  request: {
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.object({
            file: z.string().openapi({ format: "binary" }),
            campaign_id: text.describe("The campaign's number, or its id."),
            username: text.describe("The sender; stored with the call."),
            operator_id: text.describe("The operator's name; a number is stored as a reference."),
            language: text,
            task: text,
            model: text,
            device: text,
          }),
        },
      },
    },
  },
  responses: {
    200: { description: "The file is stored; this is its task", ...json(externalTask) },
    ...failures(400, 401, 403, 409, 413, 415, 422),
  },
});

const list = createRoute({
  ...common,
  method: "get",
  path: "/tasks",
  summary: "List calls as tasks, newest first",
  request: { query: z.strictObject(pageQuery(z.object({ startedAt: z.number(), id: z.string() }))) },
  responses: { 200: { description: "A page of tasks", ...json(taskList) }, ...failures(401, 403, 422) },
});

function lookUp<T extends z.ZodType>(path: string, summary: string, schema: T) {
  return createRoute({
    ...common,
    method: "get",
    path,
    summary,
    request: { params: uuidParam },
    responses: { 200: { description: "The stored data", ...json(schema) }, ...failures(401, 403, 404) },
  });
}

const task = lookUp("/tasks/{uuid}", "Read a task and its result", externalTask);
const agent = lookUp("/agent-identification/{uuid}", "Read who the operator is", agentIdentification);
const speakers = lookUp("/speaker-analysis/{uuid}", "Read who spoke when, by channel", speakerAnalysis);
const tagsOf = lookUp("/tags/{uuid}", "Read the tags the platform sent", tags);

const audioContent = { "audio/*": { schema: z.string().openapi({ format: "binary" }) } };

const audio = createRoute({
  ...common,
  method: "get",
  path: "/tasks/{uuid}/audio",
  summary: "Get the audio of a task",
  request: { params: uuidParam },
  responses: {
    200: { description: "The audio", content: audioContent },
    206: { description: "The part of the audio that was asked for", content: audioContent },
    304: { description: "The client already has this audio" },
    416: { description: "The audio has no such part" },
    ...failures(401, 403, 404),
  },
});

const LOOKUPS = [
  "/tasks",
  "/tasks/:uuid",
  "/tasks/:uuid/audio",
  "/agent-identification/:uuid",
  "/speaker-analysis/:uuid",
  "/tags/:uuid",
];

/** AuditorIA's External API, at its own addresses. */
export function externalApiRoutes(once: MiddlewareHandler<ApiEnv>): OpenAPIHono<ApiEnv> {
  const router = newRouter({ takesAnyQuery: true });
  router.openAPIRegistry.registerPath(upload);
  for (const path of ["/upload", "/upload/"]) {
    router.post(path, requireCaller, once, (c) =>
      takeUpload(
        c,
        async ({ callId }) => {
          const found = await readCallFile(c.var.deps, withinOf(c), callId);
          return found.ok ? c.json(await viewTask(c, found.value), 200) : problem(c, found.error);
        },
        { ...AS_UPLOADED, translate: fromExternal, onlyForms: true },
      ),
    );
  }
  // Like the original (FastAPI): a path with an extra slash is redirected.
  for (const path of LOOKUPS) {
    router.get(`${path}/`, (c) => {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(pathname.slice(0, -1) + search, 307);
    });
  }
  router.post("/audit/generate/", (c) => c.redirect(new URL(c.req.url).pathname.slice(0, -1), 307));
  router.use("/audit/*", requireCaller, once);
  for (const path of ["/tasks/*", "/agent-identification/*", "/speaker-analysis/*", "/tags/*"])
    router.use(path, requireCaller);
  return router
    .openapi(list, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const within = withinOf(c);
      const { db } = c.var.deps;
      const found = await listCalls(db, { ...within, limit: limit + 1, after: cursor });
      const position = ({ startedAt, id }: { startedAt: number; id: string }) => ({ startedAt, id });
      const { data, next_cursor } = scannedPageOf(found, limit, (row) => row, position, position);
      const files = await filesOf(db, within, data);
      return c.json({ tasks: await viewTasks(c, files), next_cursor }, 200);
    })
    .openapi(generateAudit, async (c) => {
      const made = await auditOf(c, c.req.valid("json").task_uuid);
      return made.ok ? c.json(made.value, 200) : problem(c, made.error);
    })
    .openapi(task, async (c) => {
      const found = await fileOf(c, c.req.valid("param").uuid);
      return found.ok ? c.json(await viewTask(c, found.value), 200) : problem(c, found.error);
    })
    .openapi(agent, async (c) => {
      const found = await fileOf(c, c.req.valid("param").uuid);
      return found.ok ? c.json(viewAgent(found.value), 200) : problem(c, found.error);
    })
    .openapi(speakers, async (c) => {
      const found = await fileOf(c, c.req.valid("param").uuid);
      return found.ok ? c.json(await viewSpeakers(c.var.deps, found.value), 200) : problem(c, found.error);
    })
    .openapi(tagsOf, async (c) => {
      const found = await fileOf(c, c.req.valid("param").uuid);
      return found.ok ? c.json(viewTags(found.value), 200) : problem(c, found.error);
    })
    .openapi(audio, async (c) => {
      const found = await fileOf(c, c.req.valid("param").uuid);
      if (!found.ok) return problem(c, found.error);
      const kept = found.value.recordings.find((one) => one.state === "completed");
      if (!kept) return problem(c, notFound("audio"));
      const served = await serveAudio(c.var.deps, kept, {
        method: c.req.method,
        range: c.req.header("range") ?? null,
        ifRange: c.req.header("if-range") ?? null,
        ifNoneMatch: c.req.header("if-none-match") ?? null,
      });
      if (served.status === 404) return problem(c, notFound("audio"));
      if (served.held) return problem(c, heldAudio(served.held));
      await recordPlayback(
        c.var.deps.db,
        { organizationId: kept.organizationId, recordingIds: [kept.id], action: "recording.played" },
        actOf(c),
      );
      return new Response(served.body, { status: served.status, headers: served.headers });
    });
}

function fileOf(c: Context<ApiEnv>, uuid: string) {
  return readCallFile(c.var.deps, withinOf(c), uuid);
}
