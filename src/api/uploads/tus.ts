import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { readContentLength } from "../../lib/http/content-length";
import { readContentType } from "../../lib/http/content-type";
import { MAX_RECORDING_BYTES } from "../../recordings";
import {
  abortUpload,
  appendToUpload,
  beginUpload,
  CHECKSUM_ALGORITHMS,
  checkUploadedCall,
  finishUpload,
  readUploadRow,
  type Checksum,
  type UploadName,
  type UploadRow,
} from "../../sources";
import { actOf, requireCaller } from "../authenticate";
import { answer } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { uploadProblem } from "./failure";
import { describeUpload, readChecksum, readTusMetadata, VERSION } from "./tus-headers";
import { watchedBody } from "./watched-body";

const EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration";
const ALGORITHMS = Object.keys(CHECKSUM_ALGORITHMS).join(",");
const UNREADABLE_CHECKSUM = `Upload-Checksum must be one of ${ALGORITHMS}, a space, and the checksum in base64.`;
const BYTES = "application/offset+octet-stream";

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
  router.use(requireCaller, requireVersion);
  router.post("/", (c) => create(c));
  // HEAD is routed like GET.
  router.get("/:id", (c) => showUpload(c));
  router.patch("/:id", (c) => append(c));
  router.delete("/:id", (c) => terminate(c));
  // For clients behind proxies without PATCH (tus 1.0.0, X-HTTP-Method-Override).
  router.post("/:id", async (c) => {
    const method = c.req.header("x-http-method-override")?.toUpperCase();
    if (method === "PATCH") return append(c);
    if (method === "DELETE") return terminate(c);
    return method === "HEAD" ? showUpload(c) : answer(c, 404, "There is nothing at this address.");
  });
  return router;
}

type C = Context<ApiEnv>;

const requireVersion = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.header("tus-resumable") === VERSION) return next();
  c.header("tus-version", VERSION);
  return answer(c, 412, `Send the header Tus-Resumable: ${VERSION}.`);
});

function discover(c: C): Response {
  return c.body(null, 204, {
    "tus-version": VERSION,
    "tus-extension": EXTENSIONS,
    "tus-checksum-algorithm": ALGORITHMS,
    "tus-max-size": String(MAX_RECORDING_BYTES),
  });
}

async function create(c: C): Promise<Response> {
  const { db } = c.var.deps;
  const { organizationId, campaignId: campaignLimit } = c.var.caller;
  // If this were ignored, each part would become a call of its own.
  if (c.req.header("upload-concat") !== undefined)
    return answer(c, 400, "Upload-Concat is not supported: send the whole file as one upload.");
  if (c.req.header("upload-defer-length") !== undefined)
    return answer(c, 400, "Upload-Defer-Length is not supported: say in Upload-Length how many bytes the file has.");
  const size = readContentLength(c.req.header("upload-length"));
  if (size === undefined) return answer(c, 400, "Upload-Length must say how many bytes the file has.");
  const metadata = c.req.header("upload-metadata") ?? null;
  const given = readTusMetadata(metadata ?? "");
  if (!given) return answer(c, 400, "Upload-Metadata is not a list of names and base64 values.");
  const withBytes = isBytes(c) && c.req.raw.body !== null;
  if (!withBytes && bodyLength(c) > 0) return answer(c, 415, `Send the bytes as ${BYTES}.`);
  const checksum = checksumOf(c);
  if (checksum === "unreadable") return answer(c, 400, UNREADABLE_CHECKSUM);
  const checked = await checkUploadedCall(db, { organizationId, campaignLimit }, given.fields);
  if (!checked.ok) return uploadProblem(c, checked.error);
  const file = { fileName: given.fileName, mediaType: given.mediaType, size, metadata };
  const begun = await beginUpload(c.var.deps, { organizationId, campaignLimit }, checked.value, file, actOf(c));
  if (!begun.ok) return uploadProblem(c, begun.error);
  c.header("location", `/v1/uploads/tus/${begun.value.id}`);
  if (!withBytes) return c.body(null, 201, describeUpload(begun.value));
  return write(c, begun.value, 0, checksum, 201);
}

async function showUpload(c: C): Promise<Response> {
  const found = await readUploadRow(c.var.deps.db, nameOf(c));
  if (!found.ok) return uploadProblem(c, found.error);
  if (found.value.state === "aborted") return answer(c, 404, "The upload was aborted or has expired.");
  // All bytes may be stored before the call is: a client that learns this does not come back.
  const finished = await finishUpload(c.var.deps, found.value, c.req.raw.headers, actOf(c));
  return finished.ok ? c.body(null, 200, describeUpload(finished.value, true)) : uploadProblem(c, finished.error);
}

async function append(c: C): Promise<Response> {
  if (!isBytes(c)) return answer(c, 415, `Send the bytes as ${BYTES}.`);
  const offset = readContentLength(c.req.header("upload-offset"));
  if (offset === undefined) return answer(c, 400, "Upload-Offset must say where the bytes go.");
  const checksum = checksumOf(c);
  if (checksum === "unreadable") return answer(c, 400, UNREADABLE_CHECKSUM);
  const found = await readUploadRow(c.var.deps.db, nameOf(c));
  if (!found.ok) return uploadProblem(c, found.error);
  const row = found.value;
  if (row.state === "aborted" || row.expiresAt <= c.var.deps.now())
    return answer(c, 404, "The upload was aborted or has expired.");
  const length = bodyLength(c);
  if (offset + length > (row.size ?? 0)) return answer(c, 413, `The upload was announced with ${row.size} bytes.`);
  // The answer to the last request may have been lost.
  if (offset === row.received && offset === row.size) return finish(c, row, 204);
  return write(c, row, offset, checksum, 204);
}

async function terminate(c: C): Promise<Response> {
  const aborted = await abortUpload(c.var.deps, nameOf(c), actOf(c));
  return aborted.ok ? c.body(null, 204) : uploadProblem(c, aborted.error);
}

async function write(
  c: C,
  row: UploadRow,
  offset: number,
  checksum: Checksum | undefined,
  status: 201 | 204,
): Promise<Response> {
  const { deps } = c.var;
  const stream: ReadableStream<Uint8Array> = c.req.raw.body ?? new Blob([]).stream();
  const writing = (async () => {
    const appended = await appendToUpload(deps, row, offset, watchedBody(stream, deps.now), checksum);
    return appended.ok ? finish(c, appended.value, status) : uploadProblem(c, appended.error);
  })();
  surviveDisconnect(c, writing);
  return writing;
}

async function finish(c: C, row: UploadRow, status: 201 | 204): Promise<Response> {
  const finished = await finishUpload(c.var.deps, row, c.req.raw.headers, actOf(c));
  return finished.ok ? c.body(null, status, describeUpload(finished.value)) : uploadProblem(c, finished.error);
}

/** A charset after the type does not change the bytes. */
function isBytes(c: C): boolean {
  return readContentType(c.req.header("content-type")).type === BYTES;
}

function bodyLength(c: C): number {
  return readContentLength(c.req.header("content-length")) ?? 0;
}

function checksumOf(c: C): Checksum | undefined | "unreadable" {
  const header = c.req.header("upload-checksum");
  return header === undefined ? undefined : (readChecksum(header) ?? "unreadable");
}

/** A client that disconnects ends its request, and what had arrived must still be stored. */
function surviveDisconnect(c: C, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work.catch(() => undefined));
  } catch {
    // Without an execution context nothing ends the request.
  }
}

function nameOf(c: C): UploadName {
  const { organizationId, campaignId: campaignLimit } = c.var.caller;
  return { organizationId, campaignLimit, id: c.req.param("id") ?? "" };
}
