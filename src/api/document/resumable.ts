import { z, type OpenAPIHono } from "@hono/zod-openapi";
import { failures } from "../problem";
import type { ApiEnv } from "../router";
import { SECURED } from "../security";

// The routes of /v1/uploads/tus are mounted by hand, because tus speaks in headers. Here they are described.

const common = { tags: ["Resumable uploads"], security: SECURED };
const id = z.object({ id: z.string().openapi({ description: "The id of the upload: the last part of its address." }) });
const version = z.literal("1.0.0").openapi({ description: "The version of the protocol." });
const whole = (description: string, example: number) =>
  z.number().int().nonnegative().openapi({ description, example });

const offset = { "Upload-Offset": { description: "How many bytes are stored.", schema: { type: "integer" as const } } };
const bytes = { "application/offset+octet-stream": { schema: z.string().openapi({ format: "binary" }) } };
const audio = { "audio/*": { schema: z.string().openapi({ format: "binary" }) } };

/** Describes `/v1/uploads/tus`, the resumable upload protocol tus 1.0.0. */
export function describeResumableUploads(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerPath({
    ...common,
    method: "post",
    path: "/v1/uploads/tus",
    summary: "Begin a resumable upload",
    description:
      "The protocol is tus 1.0.0 with creation, creation-with-upload, creation-defer-length, expiration, termination, checksum and concatenation. `OPTIONS` answers with all of it, without a key.",
    request: {
      headers: z.object({
        "Tus-Resumable": version,
        "Upload-Length": whole("The size of the whole file in bytes.", 268_435_456).optional(),
        "Upload-Defer-Length": z.literal("1").optional().openapi({ description: "The size is not known yet." }),
        "Upload-Metadata": z.string().optional().openapi({
          description: "The fields of the call, each with its value in base64, with commas between them.",
          example: "filename c2hpZnQtMTIud2F2,campaign_id Nw==",
        }),
        "Upload-Concat": z.string().optional().openapi({ description: "`partial`, or `final;` and the pieces." }),
        "Upload-Checksum": z.string().optional().openapi({ description: "An algorithm and the checksum in base64." }),
      }),
      body: { required: false, content: bytes },
    },
    responses: {
      201: {
        description: "It is begun",
        headers: {
          Location: { description: "The address of the upload.", schema: { type: "string" } },
          "Upload-Expires": { description: "Until when it can be resumed.", schema: { type: "string" } },
          ...offset,
        },
      },
      ...failures(400, 401, 403, 409, 412, 413, 415, 422),
    },
  });
  app.openAPIRegistry.registerPath({
    ...common,
    method: "head",
    path: "/v1/uploads/tus/{id}",
    summary: "Ask how much of an upload is stored",
    request: { params: id, headers: z.object({ "Tus-Resumable": version }) },
    responses: { 200: { description: "Its state", headers: offset }, ...failures(401, 403, 404, 412) },
  });
  app.openAPIRegistry.registerPath({
    ...common,
    method: "get",
    path: "/v1/uploads/tus/{id}",
    summary: "Download the file of a complete upload",
    description:
      "However it was uploaded, byte ranges included. Needs the permission `recordings:play` too. 409 while the upload is open.",
    request: { params: id },
    responses: {
      200: { description: "The file", content: audio },
      206: { description: "The part of the file that was asked for", content: audio },
      304: { description: "The client already has this file" },
      416: { description: "The file has no such part" },
      ...failures(401, 403, 404, 409),
    },
  });
  app.openAPIRegistry.registerPath({
    ...common,
    method: "patch",
    path: "/v1/uploads/tus/{id}",
    summary: "Send the next bytes of an upload",
    description: "The bytes go on where `Upload-Offset` says, which must be how many are stored.",
    request: {
      params: id,
      headers: z.object({ "Tus-Resumable": version, "Upload-Offset": whole("Where the bytes go.", 83_886_080) }),
      body: { required: true, content: bytes },
    },
    responses: {
      204: { description: "They are stored", headers: offset },
      ...failures(400, 401, 403, 404, 409, 412, 413, 415),
    },
  });
  app.openAPIRegistry.registerPath({
    ...common,
    method: "delete",
    path: "/v1/uploads/tus/{id}",
    summary: "Terminate an upload",
    description:
      "What is stored of an open one is deleted. One that has become its call is forgotten, and the call stays.",
    request: { params: id, headers: z.object({ "Tus-Resumable": version }) },
    responses: { 204: { description: "It is gone" }, ...failures(401, 403, 404, 409, 412) },
  });
}
