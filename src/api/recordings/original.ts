import { createRoute, z } from "@hono/zod-openapi";
import { callIdOfRecording } from "../../calls";
import { notFound } from "../../errors";
import { exampleRecording } from "../../events";
import { actorText, FULL_REACH, recordAct, recordPlayback } from "../../identity";
import { toIso } from "../../lib/time";
import {
  findRecording,
  isOriginalDeleted,
  ORIGINAL_DELETED,
  ORIGINAL_LINK_LIFETIME,
  serveOriginal,
  signOriginalLink,
  verifyOriginalLink,
} from "../../recordings";
import { actOf, adminActOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { OPEN, SECURED } from "../security";
import { idParam, json } from "../shapes";

const link = z
  .object({
    recording_id: z.string(),
    audio_url: z.string().describe("Opens the recording as it came. It names who it was made for."),
    audio_url_expires_at: z.iso.datetime(),
    media_type: z.string().nullable(),
    size_bytes: z.number().int().nullable(),
    sha256: z.string().nullable().describe("The SHA-256 of the recording as it came, in hex."),
  })
  .openapi("OriginalRecording", {
    example: {
      recording_id: "rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t",
      audio_url: "https://calls.example.com/recordings/rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t/original?signature=…",
      audio_url_expires_at: "2026-08-20T15:03:12.000Z",
      media_type: exampleRecording.media_type,
      size_bytes: exampleRecording.size_bytes,
      sha256: exampleRecording.sha256,
    },
  });

const read = createRoute({
  tags: ["Recordings"],
  security: SECURED,
  method: "get",
  path: "/{id}/original",
  summary: "Get a link to a recording with what redaction mutes",
  description:
    "An entry of the audit log says who was given the link, and another for each minute in which any part of it is played. It works for an hour.",
  request: { params: idParam },
  responses: { 200: { description: "The link", ...json(link) }, ...failures(401, 403, 404, 409) },
});

const audio = { "audio/*": { schema: z.string().openapi({ format: "binary" }) } };

const play = createRoute({
  tags: ["Recordings"],
  security: OPEN,
  method: "get",
  path: "/{id}/original",
  summary: "Play a recording with what redaction mutes",
  description: "The address is `audio_url` of `GET /v1/recordings/{id}/original`. Byte ranges are served.",
  request: {
    params: idParam,
    query: z.object({
      organization: z.string(),
      actor: z.string().max(300),
      expires: z.string(),
      signature: z.string(),
    }),
  },
  responses: {
    200: { description: "The audio", content: audio },
    206: { description: "The part of the audio that was asked for", content: audio },
    304: { description: "The client already has this audio" },
    416: { description: "The audio has no such part" },
    ...failures(403, 404, 409, 422),
  },
});

/** `/v1/recordings/{id}/original` */
export function originalRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { db, config, now } = c.var.deps;
    const { caller } = c.var;
    const recordingId = c.req.valid("param").id;
    const recording = await findRecording(db, {
      ...withinOf(c),
      callId: callIdOfRecording(recordingId),
      recordingId,
    });
    if (!recording || recording.key === null) return problem(c, notFound("recording"));
    if (isOriginalDeleted(recording)) return problem(c, ORIGINAL_DELETED);
    const { organizationId } = caller;
    const actor = actorText(caller.actor);
    const issued = { organizationId, action: "recording.original_link_issued" as const, resourceType: "recording" };
    await recordAct(db, { ...issued, resourceIds: [recordingId] }, actOf(c));
    const expiresAt = now() + ORIGINAL_LINK_LIFETIME;
    const { publicUrl, masterKeys } = config;
    const url = await signOriginalLink({ organizationId, recordingId, actor, expiresAt, publicUrl, masterKeys });
    const { mediaType: media_type, size: size_bytes, sha256 } = recording;
    const issuedLink = { recording_id: recordingId, audio_url: url, audio_url_expires_at: toIso(expiresAt) };
    return c.json({ ...issuedLink, media_type, size_bytes, sha256 }, 200);
  });
}

/** `/recordings/{id}/original`: the same for players, which send no key. */
export function originalPlaybackRoutes() {
  return newRouter().openapi(play, async (c) => {
    const { bucket, config, db, now } = c.var.deps;
    const { organization: organizationId, ...query } = c.req.valid("query");
    const recordingId = c.req.valid("param").id;
    const grant = await verifyOriginalLink({ organizationId, recordingId, ...query }, config.masterKeys, now());
    if (!grant.ok) {
      const expired = grant.error === "expired";
      return problem(c, {
        kind: "forbidden",
        message: expired ? "This link has expired; ask for a fresh one." : "This link is not one of ours.",
      });
    }
    const name = { organizationId, reach: FULL_REACH, callId: callIdOfRecording(recordingId), recordingId };
    const recording = await findRecording(db, name);
    if (!recording) return problem(c, notFound("recording"));
    if (isOriginalDeleted(recording)) return problem(c, ORIGINAL_DELETED);
    // Players ask for many parts of what they play: those of a minute are one entry, whichever part each of them is.
    if (c.req.method !== "HEAD") {
      const played = { organizationId, recordingIds: [recordingId], action: "recording.original_played" as const };
      // The link names who it was made for by what the log writes.
      await recordPlayback(db, played, { ...adminActOf(c), actor: { kind: "user", id: query.actor } });
    }
    const answer = await serveOriginal(bucket, recording, {
      method: c.req.method,
      range: c.req.header("range") ?? null,
      ifRange: c.req.header("if-range") ?? null,
      ifNoneMatch: c.req.header("if-none-match") ?? null,
    });
    if (answer.status === 404) return problem(c, notFound("audio"));
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
}
