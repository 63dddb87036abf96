import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import { afterAnswer } from "../../lib/http/after-answer";
import { readContentLength } from "../../lib/http/content-length";
import {
  arrivedParts,
  beginInParts,
  checkUploadedCall,
  completeInParts,
  IN_PARTS,
  partLinks,
  partsOf,
  putFilePart,
  readUploadRow,
  verifyPartLink,
  UPLOAD_FIELDS,
  type UploadRow,
} from "../../sources";
import { actOf, requireCaller } from "../authenticate";
import { answer, failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { OPEN, SECURED } from "../security";
import { idParam, json } from "../shapes";
import { notKept, uploadProblem } from "./failure";
import { callFieldShapes, exampleUpload, upload, viewUpload } from "./shapes";
import type { C } from "./tus-request";
import { uploaderOf } from "./uploader";
import { watchedBody } from "./watched-body";

const common = { tags: ["Uploads"], security: SECURED };

const part = z.object({
  number: z.number().int(),
  offset: z.number().int().describe("Where its first byte is in the file."),
  size: z.number().int().describe("How many bytes it has."),
  received: z.boolean(),
  url: z.string().describe("Where it is sent with PUT, without any key, until the upload expires."),
});

const exampleOfParts = {
  ...exampleUpload,
  parts: [
    {
      number: 1,
      offset: 0,
      size: 8_388_608,
      received: true,
      url: "https://calls.example.com/v1/part-uploads/upl_01k3a7w8q0m4x2c9v5b6n7p8r1/parts/1?organization=org_01k3a7w8q0m4x2c9v5b6n7p8r1&expires=1787320800&signature=…",
    },
  ],
};

const inParts = upload
  .extend({
    received: upload.shape.received.describe("Bytes of the parts that are here."),
    parts: z.array(part).describe("None once the upload is complete or aborted."),
  })
  .openapi("PartUpload", { example: exampleOfParts });

const begin = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Begin an upload by part links",
  description:
    "Answers with a signed link for each part of 8 MiB. Whoever has a link may send that part, without a key, in any order and again where it broke off; nothing else can be done with it. Then complete the upload.",
  request: {
    body: {
      required: true,
      ...json(
        z.strictObject({
          file_name: z.string().max(1_000).optional(),
          media_type: z.string().max(200).optional(),
          size: z.number().int().nonnegative().describe("The size of the file in bytes."),
          ...callFieldShapes,
          custom: z.record(z.string().max(100), z.string()).optional().describe("Kept with the call."),
        }),
        { file_name: "shift-12.wav", size: 268_435_456, campaign_id: "1", external_id: "call-4711" },
      ),
    },
  },
  responses: {
    201: { description: "The upload and its links", ...json(inParts) },
    ...failures(400, 401, 403, 409, 413, 422),
  },
});

const list = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Which parts of an upload are here, with fresh links",
  request: { params: idParam },
  responses: { 200: { description: "The upload and its links", ...json(inParts) }, ...failures(401, 403, 404) },
});

const complete = createRoute({
  ...common,
  method: "post",
  path: "/{id}/complete",
  summary: "Complete an upload whose parts are here",
  description:
    "The call follows within seconds. Asked again it answers the same. 409 names the parts that are missing.",
  request: { params: idParam },
  responses: { 200: { description: "The upload and its call", ...json(upload) }, ...failures(401, 403, 404, 409) },
});

const put = createRoute({
  ...common,
  security: OPEN,
  method: "put",
  path: "/{id}/parts/{number}",
  summary: "Send one part of an upload",
  description: "The address is `url` of a part: the link is signed and needs no API key.",
  request: {
    params: idParam.extend({ number: z.string().regex(/^\d{1,5}$/) }),
    query: z.object({ organization: z.string(), expires: z.string(), signature: z.string() }),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: { 204: { description: "The part is stored" }, ...failures(400, 403, 404, 409, 413, 415, 422) },
});

/** `/v1/part-uploads` */
export function partUploadRoutes(): OpenAPIHono<ApiEnv> {
  const router = newRouter();
  router.openAPIRegistry.registerPath(put);
  // Described, but mounted by hand: a validated body would be read into memory. It opens to whoever has a link.
  router.put("/:id/parts/:number", (c) => takePart(c));
  router.use(requireCaller);
  return router
    .openapi(begin, async (c) => {
      const { deps } = c.var;
      const { file_name: fileName = null, media_type: mediaType = null, size, custom, ...given } = c.req.valid("json");
      const fields = new Map<string, string>();
      for (const name of UPLOAD_FIELDS) if (given[name] !== undefined) fields.set(name, given[name]);
      for (const [name, value] of Object.entries(custom ?? {})) fields.set(`custom[${name}]`, value);
      const checked = await checkUploadedCall(deps.db, uploaderOf(c), fields);
      if (!checked.ok) return problem(c, checked.error);
      const begun = await beginInParts(deps, uploaderOf(c), checked.value, { fileName, mediaType, size }, actOf(c));
      return begun.ok ? c.json(await viewInParts(c, begun.value), 201) : uploadProblem(c, begun.error);
    })
    .openapi(list, async (c) => {
      const found = await readUploadRow(c.var.deps.db, { ...uploaderOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(await viewInParts(c, found.value), 200) : problem(c, found.error);
    })
    .openapi(complete, async (c) => {
      const { deps } = c.var;
      const found = await readUploadRow(deps.db, { ...uploaderOf(c), id: c.req.valid("param").id });
      if (!found.ok) return problem(c, found.error);
      const work = completeInParts(deps, found.value, c.req.raw.headers, actOf(c));
      afterAnswer(c, work);
      const completed = await work;
      return completed.ok ? c.json(viewUpload(completed.value), 200) : uploadProblem(c, completed.error);
    });
}

async function viewInParts(c: C, row: UploadRow): Promise<z.infer<typeof inParts>> {
  const { config, db } = c.var.deps;
  const isOpen = row.state === "open" && row.concat === IN_PARTS && row.callId === null;
  if (!isOpen) return { ...viewUpload(row), parts: [] };
  const here = new Set((await arrivedParts(db, row)).map(({ number }) => number));
  const linkOf = await partLinks(config.masterKeys, config.publicUrl, row);
  const parts = partsOf(row.size ?? 0).map(async ({ number, offset, size }) => ({
    number,
    offset,
    size,
    received: row.r2UploadId === null ? row.tail !== null : here.has(number),
    url: await linkOf(number),
  }));
  return { ...viewUpload(row), parts: await Promise.all(parts) };
}

async function takePart(c: C): Promise<Response> {
  const { config, db, now } = c.var.deps;
  const { organization = "", expires = "", signature = "" } = c.req.query();
  const uploadId = c.req.param("id") ?? "";
  const number = Number(c.req.param("number"));
  const link = { organizationId: organization, uploadId, number, expires, signature };
  const grant = await verifyPartLink(link, config.masterKeys, now());
  if (!grant.ok) {
    const isOurs = grant.error === "expired";
    return answer(c, 403, isOurs ? "This link has expired; ask for a fresh one." : "This link is not one of ours.");
  }
  // The link was made for somebody who reached the upload then.
  const found = await readUploadRow(db, { organizationId: organization, campaignLimit: null, id: uploadId });
  if (!found.ok) return problem(c, found.error);
  const length = readContentLength(c.req.header("content-length"));
  const wanted = partsOf(found.value.size ?? 0)[number - 1]?.size ?? 0;
  if (length !== undefined && length > wanted) return answer(c, 413, `This part has ${wanted} bytes.`);
  try {
    const stream: ReadableStream<Uint8Array> = c.req.raw.body ?? new Blob([]).stream();
    const work = putFilePart(c.var.deps, found.value, number, watchedBody(stream, now));
    // What had arrived must be stored although the client disconnects.
    afterAnswer(c, work);
    const taken = await work;
    return taken.ok ? c.body(null, 204) : uploadProblem(c, taken.error);
  } catch (cause) {
    return notKept(c, cause);
  }
}
