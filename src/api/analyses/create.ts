import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { DEFAULT_ENGINE, newAnalysis, publicState, type AnalysisRow } from "../../analysis";
import { analysisIdOf } from "../../calls";
import { invalid } from "../../errors";
import { may } from "../../identity";
import { fieldErrorsOf } from "../../lib/field-issues";
import { readContentType } from "../../lib/http/content-type";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { startAnalysis } from "../../pipeline";
import { checkAnalysedCall, takeLink } from "../../sources";
import { actOf, requireCaller, withinOf } from "../authenticate";
import { answer, failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { json } from "../shapes";
import { AS_UPLOADED, callFieldShapes, notKept, takeUpload, uploaderOf } from "../uploads";
import { readExpectedAnalysis } from "./expected";
import { listedAnalysis, viewAnalysis } from "./shapes";

type C = Context<ApiEnv>;

/** In bytes. Many times what any description of a call needs. */
const MAX_JSON = 64 * 1024;

/** In seconds: most analyses of a call of some minutes have ended by then. */
export const ASK_AGAIN_AFTER = "2";

const file = z.string().openapi({ format: "binary" });
const given = z.union([z.string().max(16_384), z.number()]).transform(String);

const elsewhere = z
  .strictObject({
    url: z
      .string()
      .max(8_192)
      .optional()
      .describe("Where the recording is: fetched as those of platforms are, and again until it is there."),
    call_id: z.string().max(200).optional().describe("A call that is here already."),
    recording_id: z.string().max(200).optional().describe("Of the call, which recording. Default: the first kept."),
    custom: z.record(z.string().max(100), given).optional(),
    ...Object.fromEntries(
      Object.entries(callFieldShapes).map(([name, { description = "" }]) => [
        name,
        given.optional().describe(description),
      ]),
    ),
  })
  .openapi("NewAnalysis", {
    example: { url: "https://calls.example/4711.mp3", reference_id: "4711", campaign_id: "1" },
  });

const create = createRoute({
  tags: ["Analyses"],
  security: SECURED,
  method: "post",
  path: "/",
  summary: "Have a recording analysed",
  description:
    "A form with the recording as `file`, the audio itself as the body, or JSON that names its `url` or the `call_id` of a call that is here. The analysis is answered at once, with the id that it keeps (Voicesense's `StreamId`): wait for `analysis.completed` and `analysis.failed` of a webhook, or read it again after `Retry-After` seconds. `reference_id` is your own id of the call; sending the same recording under it again begins nothing new. The campaign must have `auto_analyze` on, unless a call is named.",
  request: {
    query: z.object({ ...callFieldShapes, file_name: z.string().optional().describe("For a body that is the audio.") }),
    body: {
      required: true,
      content: {
        "multipart/form-data": { schema: z.object({ file, ...callFieldShapes }) },
        "audio/*": { schema: file },
        "application/json": { schema: elsewhere },
      },
    },
  },
  responses: {
    200: { description: "It had been analysed before", ...json(listedAnalysis) },
    202: { description: "It is being analysed", ...json(listedAnalysis) },
    ...failures(400, 401, 403, 404, 409, 413, 415, 422),
  },
});

/** Let a request that is sent again be carried out once: one that brings its recording, and one that names it. */
type Once = { file: MiddlewareHandler<ApiEnv>; named: MiddlewareHandler<ApiEnv> };

/** `POST /v1/analyses`. Mounted by itself, because a recording is larger than any other body. */
export function newAnalysisRoutes(once: Once): OpenAPIHono<ApiEnv> {
  const router = newRouter();
  // Described, but mounted by hand: a validated form would be read into memory.
  router.openAPIRegistry.registerPath(create);
  router.post(
    "/",
    requireCaller,
    (c, next) => (isNamed(c) ? once.named : once.file)(c, next),
    (c) => (isNamed(c) ? takeNamed(c) : takeFile(c)),
  );
  return router;
}

function isNamed(c: C): boolean {
  return readContentType(c.req.header("content-type") ?? "").type === "application/json";
}

/** A recording that comes with the request. */
function takeFile(c: C): Promise<Response> {
  return takeUpload(
    c,
    ({ callId, files }, externalId) =>
      showExpected(c, { callId, recordingId: files[0]?.recordingId ?? "" }, externalId),
    { ...AS_UPLOADED, check: checkAnalysedCall, maxFiles: 1 },
  );
}

/** A recording that the request only names. */
async function takeNamed(c: C): Promise<Response> {
  const text = await readTextUpTo(c.req.raw, MAX_JSON);
  if (text === undefined) return answer(c, 413, `The body is larger than ${MAX_JSON / 1024} kB.`);
  const body = jsonIn(text);
  if (body === undefined) return answer(c, 400, "The body is not readable JSON.");
  const parsed = elsewhere.safeParse(body);
  if (!parsed.success) return problem(c, { kind: "invalid", fields: fieldErrorsOf(parsed.error) });
  const { url, call_id: callId, recording_id: recordingId, custom = {}, ...rest } = parsed.data;
  if (callId !== undefined)
    return takeCall(c, callId, recordingId, [...Object.keys(rest), ...(url === undefined ? [] : ["url"])]);
  if (url === undefined) return problem(c, invalid("url", "is missing: give the url of a recording, or a call_id"));
  const fields = new Map([
    ...Object.entries(rest as Record<string, string>),
    ...Object.entries(custom).map(([name, value]) => [`custom[${name}]`, value] as const),
  ]);
  const uploader = uploaderOf(c);
  const checked = await checkAnalysedCall(c.var.deps.db, uploader, fields);
  if (!checked.ok) return problem(c, checked.error);
  try {
    const taken = await takeLink(
      c.var.deps,
      { ...uploader, ...checked.value, headers: c.req.raw.headers, url },
      actOf(c),
    );
    if (!taken.ok) return problem(c, taken.error);
    return await showExpected(c, taken.value, checked.value.call.external_id ?? taken.value.id);
  } catch (cause) {
    return notKept(c, cause);
  }
}

/** The recording of a call that is here. Whoever begins it is shown what was found. */
async function takeCall(
  c: C,
  callId: string,
  recordingId: string | undefined,
  others: readonly string[],
): Promise<Response> {
  const fields = others.map((field) => ({ field, message: "is of a recording that is not here yet: leave it out" }));
  if (fields.length > 0) return problem(c, { kind: "invalid", fields });
  const permission = "analyses:read";
  if (!may(c.var.caller, permission)) return problem(c, { kind: "permission_missing", permission });
  const started = await startAnalysis(c.var.deps, { ...withinOf(c), callId, recordingId }, actOf(c));
  return started.ok ? show(c, started.value.analysis, started.value.externalId) : problem(c, started.error);
}

async function showExpected(
  c: C,
  { callId, recordingId }: { callId: string; recordingId: string },
  externalId: string,
): Promise<Response> {
  const { organizationId } = c.var.caller;
  const expected = newAnalysis({ callId, recordingId, organizationId }, DEFAULT_ENGINE, c.var.deps.now());
  const id = analysisIdOf(recordingId, DEFAULT_ENGINE.name);
  const found = await readExpectedAnalysis(c.var.deps, { ...withinOf(c), id });
  return show(c, found.ok ? found.value : expected, externalId);
}

function show(c: C, row: AnalysisRow, reference: string): Response {
  c.header("location", `/v1/analyses/${row.id}`);
  if (publicState(row) === "pending") c.header("retry-after", ASK_AGAIN_AFTER);
  return c.json(viewAnalysis(row, reference), publicState(row) === "pending" ? 202 : 200);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
