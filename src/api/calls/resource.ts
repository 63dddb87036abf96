import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { listAnalyses, snapshotAnalysis } from "../../analysis";
import { listCallEvents, readCall, snapshotConversation, taskIdOf } from "../../calls";
import {
  readEventData,
  analysisSnapshot,
  conversationSnapshot,
  EVENT_TYPES,
  exampleAnalysis,
  exampleCall,
  exampleConversation,
  exampleRecording,
  exampleTask,
  recordingSnapshot,
  taskSnapshot,
  type RecordedEvent,
} from "../../events";
import type { Within } from "../../identity";
import { toIso } from "../../lib/time";
import { traceIdOf } from "../../lib/trace";
import { readTask, snapshotTask } from "../../quality";
import { listRecordings } from "../../recordings";
import { withinOf } from "../authenticate";
import { pageQuery } from "../cursor";
import { playableRecordings } from "../recordings/playable";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { listedCall, viewCall } from "./call-view";
import { exampleTalkStrip } from "./talk-strip";
import { exampleVerdict, verdictsFor, viewVerdict } from "./verdict";
import { idParam, json, listOf, moment, pageOf, TRACE } from "../shapes";

// More recordings or analyses than a call ever has. The separate lists of each have no such limit.
const MAX_PARTS = 200;

const callDetail = listedCall
  .extend({
    recordings: z.array(recordingSnapshot),
    analyses: z.array(analysisSnapshot),
    task: taskSnapshot.nullable(),
    conversation: conversationSnapshot.nullable().describe("The conversation, where the platform sends one."),
  })
  .openapi("CallDetail", {
    example: {
      ...exampleCall,
      talk_strip: exampleTalkStrip,
      verdict: exampleVerdict,
      recordings: [exampleRecording],
      analyses: [exampleAnalysis],
      task: exampleTask,
      conversation: exampleConversation,
    },
  });

const callEvent = z
  .object({
    seq: z.number().int().describe("Its place among the events of the call, from 1, without gaps."),
    id: z.string(),
    type: z.enum(EVENT_TYPES),
    trace_id: z.string().nullable().describe(TRACE),
    recorded_at: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()).describe("As `/v1/event-types` describes it."),
  })
  .openapi("CallEvent", {
    example: {
      seq: 1,
      id: "evt_01k3a7w8q0m4x2c9v5b6n7p8r1",
      type: "call.completed",
      trace_id: "1ecb044c544dc9a3f01e0fcdd1b10b2d",
      recorded_at: "2026-08-20T14:03:13.000Z",
      data: { call: exampleCall },
    },
  });

const common = { tags: ["Calls"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a call with its recordings, analyses, task and conversation",
  request: { params: idParam },
  responses: { 200: { description: "The call", ...json(callDetail) }, ...failures(401, 403, 404) },
});

const events = createRoute({
  ...common,
  method: "get",
  path: "/{id}/events",
  summary: "List a call's events",
  request: {
    params: idParam,
    query: z.strictObject({
      ...pageQuery(z.object({ seq: z.number() })),
      ...sortQuery("seq", "ascending"),
      from: moment.optional().openapi({ description: "Recorded at or after this moment." }),
      to: moment.optional().openapi({ description: "Recorded before this moment." }),
    }),
  },
  responses: { 200: { description: "A page of events", ...json(listOf(callEvent)) }, ...failures(401, 403, 404, 422) },
});

/** `/v1/calls/{id}` and its events. */
export function resourceRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const call = await readCall(c.var.deps.db, target);
      if (!call.ok) return problem(c, call.error);
      const conversation = snapshotConversation(call.value);
      const [parts, verdicts] = await Promise.all([
        readParts(c, target),
        verdictsFor(c.var.deps.db, c.var.caller, withinOf(c), [target.id]),
      ]);
      const judged = viewVerdict(verdicts.get(target.id));
      return c.json({ ...viewCall(call.value), verdict: judged, ...parts, conversation }, 200);
    })
    .openapi(events, async (c) => {
      const { db } = c.var.deps;
      const { limit, cursor, sort: order, from, to } = c.req.valid("query");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const call = await readCall(db, target);
      if (!call.ok) return problem(c, call.error);
      const query = { ...target, callId: target.id, from, to, limit: limit + 1, after: cursor, order };
      const rows = await listCallEvents(db, query);
      const whole = await Promise.all(
        rows.map(async (row) => ({ ...row, data: await readEventData(c.var.deps.bucket, row.data) })),
      );
      return c.json(
        pageOf(whole, limit, viewEvent, (event) => ({ seq: event.seq })),
        200,
      );
    });
}

async function readParts(c: Context<ApiEnv>, call: Within & { id: string }) {
  const { deps } = c.var;
  const { organizationId, reach, id: callId } = call;
  const ofCall = { organizationId, reach, filter: { callId }, limit: MAX_PARTS };
  const [recordings, analyses, task] = await Promise.all([
    listRecordings(deps.db, ofCall),
    listAnalyses(deps.db, ofCall),
    readTask(deps.db, { organizationId, reach, id: taskIdOf(callId) }),
  ]);
  return {
    recordings: await playableRecordings(
      c,
      recordings.rows.map((row) => row.recording),
    ),
    analyses: analyses.rows.map((row) => snapshotAnalysis(row.analysis)),
    task: task.ok ? snapshotTask(task.value) : null,
  };
}

function viewEvent(event: RecordedEvent): z.infer<typeof callEvent> {
  return {
    seq: event.seq,
    id: event.id,
    type: event.type as z.infer<typeof callEvent>["type"],
    trace_id: traceIdOf(event.stream),
    recorded_at: toIso(event.recordedAt),
    data: JSON.parse(event.data) as Record<string, unknown>,
  };
}
