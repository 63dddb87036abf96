import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { readContentLength } from "../../lib/http/content-length";
import { ok } from "../../lib/result";
import { MAX_RECORDING_BYTES } from "../../recordings";
import {
  abortUpload,
  finishUpload,
  forgetUpload,
  IN_PARTS,
  readUploadRow,
  setSize,
  type UploadRow,
} from "../../sources";
import { actOf, requireCaller } from "../authenticate";
import { may } from "../../identity";
import { answer, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { answerContent } from "./content";
import { uploadProblem } from "./failure";
import { createUpload } from "./tus-create";
import { describeUpload, readLength, VERSION } from "./tus-headers";
import {
  ALGORITHMS,
  bodyLength,
  BYTES,
  checksumOf,
  finish,
  isBytes,
  nameOf,
  NO_BYTES,
  UNREADABLE_CHECKSUM,
  UNREADABLE_LENGTH,
  writeBytes,
  type C,
} from "./tus-request";

const EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation";

const BY_LINKS = "This upload comes by part links: GET /v1/part-uploads/{id}.";

/**
 * `/v1/uploads/tus`: the tus resumable upload protocol 1.0.0 (tus.io). Its answers are headers, so it is not in the
 * OpenAPI document. Failures are problems as everywhere.
 */
export function tusRoutes(): OpenAPIHono<ApiEnv> {
  const router = newRouter();
  router.use(async (c, next) => {
    c.header("tus-resumable", VERSION);
    c.header("cache-control", "no-store");
    await next();
  });
  // Capabilities are public, and clients ask for them without a key.
  router.options("/", discover);
  router.options("/:id", discover);
  // With a slash at its end the path is one below the first mount, whose middleware comes before.
  router.use(unlessAsked(requireCaller), unlessAsked(requireVersion));
  router.post("/", (c) => createUpload(c));
  // HEAD is routed like GET.
  router.get("/:id", (c) => (c.req.method === "HEAD" ? showUpload(c) : sendContent(c)));
  router.patch("/:id", (c) => append(c));
  router.delete("/:id", (c) => terminate(c));
  // For clients behind proxies without PATCH (tus 1.0.0, X-HTTP-Method-Override).
  router.post("/:id", async (c) => {
    const method = c.req.header("x-http-method-override")?.toUpperCase();
    if (method === "PATCH") return append(c);
    if (method === "DELETE") return terminate(c);
    if (method === "OPTIONS") return discover(c);
    return method === "HEAD" ? showUpload(c) : answer(c, 404, "There is nothing at this address.");
  });
  return router;
}

/** The middleware for all requests but those that only ask what there is. */
function unlessAsked(middleware: MiddlewareHandler<ApiEnv>): MiddlewareHandler<ApiEnv> {
  return (c, next) => (c.req.method === "OPTIONS" ? next() : middleware(c, next));
}

const requireVersion = createMiddleware<ApiEnv>(async (c, next) => {
  // A download is no request of the protocol: players and browsers send no version.
  const isDownload = c.req.method === "GET" && c.req.header("tus-resumable") === undefined;
  if (isDownload || c.req.header("tus-resumable") === VERSION) return next();
  c.header("tus-version", VERSION);
  return answer(c, 412, `Send the header Tus-Resumable: ${VERSION}.`);
});

function discover(c: C): Response {
  // Peers' suites know 200 only, though the protocol allows 204 as well.
  return c.body(null, 200, {
    "tus-version": VERSION,
    "tus-extension": EXTENSIONS,
    "tus-checksum-algorithm": ALGORITHMS,
    "tus-max-size": String(MAX_RECORDING_BYTES),
  });
}

async function showUpload(c: C): Promise<Response> {
  const found = await readUploadRow(c.var.deps.db, nameOf(c));
  if (!found.ok) return uploadProblem(c, found.error);
  if (found.value.state === "aborted") return answer(c, 404, "The upload was aborted or has expired.");
  if (found.value.concat === IN_PARTS) return answer(c, 403, BY_LINKS);
  // All bytes may be stored before the call is: a client that learns this does not come back.
  const finished = await finishUpload(c.var.deps, found.value, c.req.raw.headers, actOf(c));
  return finished.ok ? c.body(null, 200, describeUpload(finished.value, true)) : uploadProblem(c, finished.error);
}

/** The file itself, for whoever may also play the recording of its call. */
async function sendContent(c: C): Promise<Response> {
  const permission = "recordings:play";
  return may(c.var.caller, permission) ? answerContent(c) : problem(c, { kind: "permission_missing", permission });
}

async function append(c: C): Promise<Response> {
  if (!isBytes(c)) return answer(c, 415, `Send the bytes as ${BYTES}.`);
  const offset = readContentLength(c.req.header("upload-offset"));
  if (offset === undefined) return answer(c, 400, "Upload-Offset must say where the bytes go.");
  const checksum = checksumOf(c);
  if (checksum === "unreadable") return answer(c, 400, UNREADABLE_CHECKSUM);
  const found = await readUploadRow(c.var.deps.db, nameOf(c));
  if (!found.ok) return uploadProblem(c, found.error);
  if (found.value.state === "aborted" || found.value.expiresAt <= c.var.deps.now())
    return answer(c, 404, "The upload was aborted or has expired.");
  if (found.value.concat === IN_PARTS) return answer(c, 403, BY_LINKS);
  if (found.value.concat?.startsWith("final")) return answer(c, 403, NO_BYTES);
  const sized = await sizeOf(c, found.value);
  if (sized instanceof Response) return sized;
  if (!sized.ok) return uploadProblem(c, sized.error);
  const row = sized.value;
  if (row.size !== null && offset + bodyLength(c) > row.size)
    return answer(c, 413, `The upload was announced with ${row.size} bytes.`);
  // The answer to the last request may have been lost.
  if (row.callId !== null && offset === row.received) return finish(c, row, 204);
  if (offset !== row.received) c.header("upload-offset", String(row.received));
  return writeBytes(c, row, offset, checksum, 204);
}

/** The upload with the length that this request brings, where it was begun without one. */
async function sizeOf(c: C, row: UploadRow): Promise<Response | Awaited<ReturnType<typeof setSize>>> {
  const header = c.req.header("upload-length");
  if (header === undefined) return ok(row);
  const size = readLength(header);
  if (size === undefined) return answer(c, 400, UNREADABLE_LENGTH);
  return setSize(c.var.deps, row, size);
}

/** An upload that has become its call is forgotten, and the call stays. */
async function terminate(c: C): Promise<Response> {
  const { deps } = c.var;
  const found = await readUploadRow(deps.db, nameOf(c));
  if (!found.ok) return uploadProblem(c, found.error);
  if (found.value.callId === null || found.value.state === "aborted") {
    const aborted = await abortUpload(deps, nameOf(c), actOf(c));
    return aborted.ok ? c.body(null, 204) : uploadProblem(c, aborted.error);
  }
  const finished = await finishUpload(deps, found.value, c.req.raw.headers, actOf(c));
  if (!finished.ok) return uploadProblem(c, finished.error);
  return (await forgetUpload(deps.db, finished.value))
    ? c.body(null, 204)
    : answer(c, 404, "The upload was aborted or has expired.");
}
