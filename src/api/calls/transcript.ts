import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  listAnalyses,
  readCallTranscript,
  readOriginalTranscript,
  transcriptChoices,
  type AnalysisRow,
  type CallTranscript,
} from "../../analysis";
import { readCall, type CallRow } from "../../calls";
import { PII_KINDS } from "../../db/schema";
import { notFound, type DomainError } from "../../errors";
import { recordAct } from "../../identity";
import { ok, type Result } from "../../lib/result";
import { askEngine } from "../../pipeline";
import { askedModel } from "../asked-model";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";

const ms = z.number().int().nonnegative();

const transcript = z
  .object({
    call_id: z.string(),
    recording_id: z.string().nullable().describe("Null for the platform's own."),
    engine: z.string().describe("`platform`: what the platform sent."),
    version: z.string().nullable(),
    language: z.string().nullable(),
    segments: z
      .array(
        z.object({
          speaker: z.enum(["operator", "customer", "bot"]).nullable().describe("Null where it is not known."),
          channel: z.number().int().nullable(),
          start_ms: ms.nullable().describe("From the beginning of the recording; of a platform's, of the call."),
          end_ms: ms.nullable(),
          text: z.string(),
          words: z.array(
            z.object({ text: z.string(), start_ms: ms, end_ms: ms, confidence: z.number().min(0).max(1).nullable() }),
          ),
        }),
      )
      .describe("In the order in which they begin."),
    gaps: z
      .array(z.object({ channel: z.number().int(), start_ms: ms, end_ms: ms, reason: z.string() }))
      .describe("Speech of which the engine made nothing, and why."),
    masked: z
      .array(
        z.object({
          kind: z.enum(PII_KINDS),
          rule: z.string().describe("What found it, such as `card_checked`; stable."),
          confidence: z.number().min(0).max(1),
          channel: z.number().int(),
          start_ms: ms,
          end_ms: ms,
        }),
      )
      .describe("What redaction took out, and where it was said. In the text its name stands, as `[card number]`."),
    available: z
      .array(z.object({ engine: z.string(), version: z.string().nullable(), recording_id: z.string().nullable() }))
      .describe("All transcripts of the call, the newest first."),
  })
  .openapi("Transcript", {
    example: {
      call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      recording_id: "rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t",
      engine: "deepgram",
      version: "nova-3",
      language: "en",
      segments: [
        {
          speaker: "operator",
          channel: 0,
          start_ms: 320,
          end_ms: 900,
          text: "Good morning.",
          words: [
            { text: "Good", start_ms: 320, end_ms: 560, confidence: 0.98 },
            { text: "morning.", start_ms: 560, end_ms: 900, confidence: 0.99 },
          ],
        },
      ],
      gaps: [],
      masked: [],
      available: [{ engine: "deepgram", version: "nova-3", recording_id: "rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t" }],
    },
  });

const common = { tags: ["Calls"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/transcript",
  summary: "Read what was said on a call",
  description: "The newest transcript, or that of the engine, version or recording that is asked for.",
  request: {
    params: idParam,
    query: z.strictObject({
      engine: z.string().max(40).optional(),
      version: z.string().max(100).optional(),
      recording_id: z.string().max(200).optional(),
    }),
  },
  responses: { 200: { description: "The transcript", ...json(transcript) }, ...failures(401, 403, 404, 422) },
});

const readWhole = createRoute({
  ...common,
  method: "get",
  path: "/{id}/transcript/original",
  summary: "Read what was said on a call, with what redaction takes out",
  description:
    "Needs `originals:read`, and an entry of the audit log says who read it before it is given. Where the original was not kept, it is as masked as the other.",
  request: read.request,
  responses: read.responses,
});

const ask = createRoute({
  ...common,
  method: "post",
  path: "/{id}/transcript",
  summary: "Have an engine transcribe a call, again or for the first time",
  description:
    "Of every recording of the call that has been analysed. What other engines found stays; `analysis.updated` tells when it has ended. `trunkline-acoustic` measures again what an earlier version of it measured.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(z.strictObject({ engine: z.string().max(40), model: askedModel }), { engine: "deepgram" }),
    },
  },
  responses: {
    202: {
      description: "It is at work",
      ...json(z.object({ analysis_ids: z.array(z.string()) }).openapi("TranscriptionRequest"), {
        analysis_ids: ["ana_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t_trunkline-acoustic"],
      }),
    },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/calls/{id}/transcript` */
export function transcriptRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const { id } = c.req.valid("param");
      const { recording_id: recordingId, ...wanted } = c.req.valid("query");
      const parts = await partsOf(c, id);
      if (!parts.ok) return problem(c, parts.error);
      const { call, rows } = parts.value;
      const found = await readCallTranscript(c.var.deps.bucket, call, rows, { ...wanted, recordingId });
      if (!found) return problem(c, notFound("transcript"));
      return c.json({ ...viewTranscript(found), call_id: id, available: availableOf(call, rows) }, 200);
    })
    .openapi(readWhole, async (c) => {
      const { id } = c.req.valid("param");
      const { recording_id: recordingId, ...wanted } = c.req.valid("query");
      const parts = await partsOf(c, id);
      if (!parts.ok) return problem(c, parts.error);
      const { call, rows } = parts.value;
      const found = await readOriginalTranscript(c.var.deps.bucket, call, rows, { ...wanted, recordingId });
      if (!found) return problem(c, notFound("transcript"));
      await recordAct(c.var.deps.db, { ...withinOf(c), ...originalRead(id, found) }, actOf(c));
      return c.json({ ...viewTranscript(found), call_id: id, available: availableOf(call, rows) }, 200);
    })
    .openapi(ask, async (c) => {
      const target = { ...withinOf(c), callId: c.req.valid("param").id };
      const asked = await askEngine(c.var.deps, target, c.req.valid("json"), actOf(c));
      return asked.ok ? c.json({ analysis_ids: asked.value }, 202) : problem(c, asked.error);
    });
}

/** A call with its analyses, in which its transcripts are. */
async function partsOf(
  c: Context<ApiEnv>,
  id: string,
): Promise<Result<{ call: CallRow; rows: AnalysisRow[] }, DomainError>> {
  const { db } = c.var.deps;
  const call = await readCall(db, { ...withinOf(c), id });
  if (!call.ok) return call;
  const listed = await listAnalyses(db, { ...withinOf(c), filter: { callId: id }, limit: 100 });
  return ok({ call: call.value, rows: listed.rows.map(({ analysis }) => analysis) });
}

function availableOf(call: CallRow, rows: readonly AnalysisRow[]) {
  return transcriptChoices(call, rows).map(({ recordingId: recording_id, ...one }) => ({ ...one, recording_id }));
}

/** What the audit log has of a reading of the original. */
function originalRead(callId: string, { engine, version }: CallTranscript) {
  return {
    action: "call.original_read" as const,
    resourceType: "call",
    resourceIds: [callId],
    after: { engine, version },
  };
}

function viewTranscript(found: CallTranscript): Omit<z.infer<typeof transcript>, "call_id" | "available"> {
  return {
    recording_id: found.recordingId,
    engine: found.engine,
    version: found.version,
    language: found.language,
    segments: found.spoken.map(({ start, end, words, ...one }) => ({
      ...one,
      start_ms: start,
      end_ms: end,
      words: words.map((word) => ({
        text: word.text,
        start_ms: word.start,
        end_ms: word.end,
        confidence: word.sure,
      })),
    })),
    masked: found.masked.map(({ sure, start, end, ...one }) => ({
      ...one,
      confidence: sure,
      start_ms: start,
      end_ms: end,
    })),
    gaps: found.gaps.map(({ start, end, ...one }) => ({ ...one, start_ms: start, end_ms: end })),
  };
}
