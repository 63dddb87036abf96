import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { listAnalyses, snapshotAnalysis } from "../../analysis";
import {
  listCallEvents,
  listCalls,
  readCall,
  snapshotCall,
  snapshotConversation,
  taskIdOf,
  type CallHead,
} from "../../calls";
import {
  readEventData,
  analysisSnapshot,
  callSnapshot,
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
import { campaignIdOf, campaignName } from "../campaign-name";
import { pageQuery } from "../cursor";
import { playableRecordings } from "../recordings/playable";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { tagName } from "./tags";
import { exampleTalkStrip, talkStrip, viewTalkStrip } from "./talk-strip";
import { idParam, json, listOf, scannedListOf, scannedPageOf, moment, pageOf, yesOrNo, TRACE } from "../shapes";

// More recordings or analyses than a call ever has. The separate lists of each have no such limit.
const MAX_PARTS = 200;

export const callView = callSnapshot.extend({ talk_strip: talkStrip });

export function viewCall(row: CallHead): z.infer<typeof callView> {
  return { ...snapshotCall(row), talk_strip: viewTalkStrip(row.talkStrip) };
}

const callDetail = callView
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

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List calls, newest first where nothing else is asked",
  description:
    "Time, and one of campaign, operator and quarantine, are found by index. Any other filter looks at call after call, at most 2,000 for a page, and then says how far it got in `scanned_until`: a page can be short and still have a `next_cursor`.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ startedAt: z.number(), id: z.string() })),
      ...sortQuery("started_at", "descending"),
      state: callSnapshot.shape.state.optional(),
      campaign_id: campaignName.optional(),
      operator_id: z.string().max(200).optional(),
      direction: callSnapshot.shape.direction.unwrap().optional(),
      tag: tagName.optional().openapi({ description: "Calls with this tag, in any spelling." }),
      quarantine: yesOrNo.optional().openapi({ description: "Whether the call is in quarantine." }),
      from: moment.optional().openapi({ description: "Began at or after this moment." }),
      to: moment.optional().openapi({ description: "Began before this moment." }),
      // An unescaped + in a query means a space, and E.164 numbers begin with +.
      number: z
        .string()
        .min(1)
        .max(100)
        .transform((text) => text.replace(/^ /, "+"))
        .optional()
        .openapi({ type: "string", description: "Either party, exactly as the platform wrote it or in E.164." }),
      search: z
        .string()
        .trim()
        .min(1)
        .max(100)
        .optional()
        .openapi({ description: "The last digits of either party's number, or a part of the operator's name." }),
    }),
  },
  responses: {
    200: {
      description: "A page of calls",
      ...json(scannedListOf(callView), {
        data: [{ ...exampleCall, talk_strip: exampleTalkStrip }],
        next_cursor: null,
        scanned_until: null,
      }),
    },
    ...failures(401, 403, 422),
  },
});

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

/** `/v1/calls` */
export function resourceRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const {
        limit,
        cursor,
        campaign_id: named,
        operator_id: operatorId,
        quarantine,
        sort,
        ...rest
      } = c.req.valid("query");
      const within = withinOf(c);
      const campaign = await campaignIdOf(c.var.deps.db, within, named);
      if (!campaign.ok) return problem(c, campaign.error);
      const filter = { ...rest, campaignId: campaign.value, operatorId, quarantined: quarantine };
      const found = await listCalls(c.var.deps.db, { ...within, filter, limit: limit + 1, after: cursor, order: sort });
      const positionOf = ({ startedAt, id }: { startedAt: number; id: string }) => ({ startedAt, id });
      return c.json(scannedPageOf(found, limit, viewCall, positionOf, positionOf), 200);
    })
    .openapi(read, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const call = await readCall(c.var.deps.db, target);
      if (!call.ok) return problem(c, call.error);
      const conversation = snapshotConversation(call.value);
      return c.json({ ...viewCall(call.value), ...(await readParts(c, target)), conversation }, 200);
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
