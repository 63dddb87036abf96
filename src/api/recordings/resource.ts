import { createRoute, z } from "@hono/zod-openapi";
import { callIdOfRecording } from "../../calls";
import { notFound } from "../../errors";
import { exampleRecording, recordingSnapshot } from "../../events";
import { FULL_REACH, noteListening } from "../../identity";
import { afterAnswer } from "../../lib/http/after-answer";
import {
  findRecording,
  heldAudio,
  listRecordings,
  playbackKeys,
  serveAudio,
  verifyPlaybackLink,
} from "../../recordings";
import { withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { playableRecordings } from "./playable";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { OPEN, SECURED } from "../security";
import { lastId, sortQuery } from "../sort";
import { sessionTokenOf } from "../session";
import { originalPlaybackRoutes, originalRoutes } from "./original";
import { waveformRoutes } from "./waveform";
import { idParam, json, moment, scannedListOf, scannedPageOf } from "../shapes";

const common = { tags: ["Recordings"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List recordings, by when their calls began",
  description: "A state is searched in at most 2,000 calls per page; `scanned_until` then says how far the search got.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ startedAt: z.number(), callId: z.string(), id: z.string() })),
      ...sortQuery("started_at", "descending"),
      state: recordingSnapshot.shape.state.optional(),
      call_id: z.string().max(200).optional(),
      from: moment.optional().openapi({ description: "The call began at or after this moment." }),
      to: moment.optional().openapi({ description: "The call began before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "A page of recordings",
      ...json(scannedListOf(recordingSnapshot), { data: [exampleRecording], next_cursor: null, scanned_until: null }),
    },
    ...failures(401, 403, 422),
  },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a recording with a link to its audio",
  request: { params: idParam },
  responses: {
    200: { description: "The recording", ...json(recordingSnapshot, exampleRecording) },
    ...failures(401, 403, 404),
  },
});

const audio = { "audio/*": { schema: z.string().openapi({ format: "binary" }) } };

const play = createRoute({
  ...common,
  security: OPEN,
  method: "get",
  path: "/{id}/audio",
  summary: "Play a recording",
  description:
    "The address is `audio_url` of a recording: the link is signed and needs no API key. Byte ranges are served.",
  request: {
    params: idParam,
    query: z.object({ organization: z.string(), expires: z.string(), signature: z.string() }),
  },
  responses: {
    200: { description: "The audio", content: audio },
    206: { description: "The part of the audio that was asked for", content: audio },
    304: { description: "The client already has this audio" },
    416: { description: "The audio has no such part" },
    ...failures(403, 404, 409, 422),
  },
});

/** `/v1/recordings` */
export function recordingRoutes() {
  return newRouter()
    .route("/", waveformRoutes())
    .route("/", originalRoutes())
    .openapi(list, async (c) => {
      const { limit, cursor, sort, state, call_id: callId, from, to } = c.req.valid("query");
      const { rows, scannedTo } = await listRecordings(c.var.deps.db, {
        ...withinOf(c),
        filter: { state, callId, from, to },
        limit: limit + 1,
        after: cursor,
        order: sort,
      });
      const shown = rows.slice(0, limit).map(({ recording }) => recording);
      const views = new Map((await playableRecordings(c, shown)).map((view) => [view.id, view]));
      const page = scannedPageOf(
        { rows, scannedTo },
        limit,
        ({ recording }) => views.get(recording.id)!,
        (row) => ({ startedAt: row.startedAt, callId: row.recording.callId, id: row.recording.id }),
        (looked) => ({ startedAt: looked.startedAt, callId: looked.id, id: lastId(sort) }),
      );
      return c.json(page, 200);
    })
    .openapi(read, async (c) => {
      const recordingId = c.req.valid("param").id;
      const name = { ...withinOf(c), callId: callIdOfRecording(recordingId), recordingId };
      const found = await findRecording(c.var.deps.db, name);
      const [shown] = found ? await playableRecordings(c, [found]) : [];
      return shown ? c.json(shown, 200) : problem(c, notFound("recording"));
    });
}

/** `/recordings`: audio for players, which send no API key. HEAD is answered like GET. */
export function playbackRoutes() {
  return newRouter()
    .route("/", originalPlaybackRoutes())
    .openapi(play, async (c) => {
      const { bucket, config, db, now } = c.var.deps;
      const { organization: organizationId, expires, signature } = c.req.valid("query");
      const recordingId = c.req.valid("param").id;
      const keys = await playbackKeys(config.masterKeys);
      const grant = await verifyPlaybackLink({ organizationId, recordingId, expires, signature }, keys, now());
      if (!grant.ok) {
        const expired = grant.error === "expired";
        return problem(c, {
          kind: "forbidden",
          message: expired ? "This link has expired; ask for a fresh one." : "This link is not one of ours.",
        });
      }
      // The link was made for somebody who reached the recording then.
      const name = { organizationId, reach: FULL_REACH, callId: callIdOfRecording(recordingId), recordingId };
      const recording = await findRecording(db, name);
      if (!recording) return problem(c, notFound("recording"));
      const answer = await serveAudio({ db, bucket }, recording, {
        method: c.req.method,
        range: c.req.header("range") ?? null,
        ifRange: c.req.header("if-range") ?? null,
        ifNoneMatch: c.req.header("if-none-match") ?? null,
      });
      if (answer.status === 404) return problem(c, notFound("audio"));
      if (answer.held) return problem(c, heldAudio(answer.held));
      const session = sessionTokenOf(c);
      if (session !== undefined) afterAnswer(c, noteListening(db, session, now()), "session_use.not_noted");
      return new Response(answer.body, { status: answer.status, headers: answer.headers });
    });
}
