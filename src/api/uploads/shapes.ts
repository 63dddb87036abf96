import { z } from "@hono/zod-openapi";
import { taskIdOf } from "../../calls";
import { toIso } from "../../lib/time";
import { UPLOAD_FIELDS, type AnnouncedUpload, type UploadRow } from "../../sources";

const exampleCallId = "call_7h2j9k4m1n6p3q8r5s0t2v7w4x";

export const exampleUpload = {
  id: "upl_01k3a7w8q0m4x2c9v5b6n7p8r1",
  state: "open",
  source_id: "src_7h2j9k4m1n6p3q8r5s0t2v7w4x",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  file_name: "shift-12.wav",
  media_type: "audio/wav",
  size: 268_435_456,
  received: 83_886_080,
  call_id: null,
  task_id: null,
  created_at: "2026-08-20T14:00:00.000Z",
  expires_at: "2026-08-21T14:00:00.000Z",
} as const;

export const upload = z
  .object({
    id: z.string(),
    state: z.enum(["open", "completed", "aborted"]).describe("`open`: more bytes are expected."),
    source_id: z.string(),
    campaign_id: z.string().nullable(),
    file_name: z.string().nullable(),
    media_type: z.string().nullable(),
    size: z.number().int().nullable().describe("Bytes of the whole file."),
    received: z.number().int().describe("Bytes stored: an interrupted upload continues here."),
    call_id: z.string().nullable().describe("Its call."),
    task_id: z.string().nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable().describe("Until when an open upload can be resumed."),
  })
  .openapi("Upload", { example: exampleUpload });

export const completedUpload = z
  .object({
    id: z.string(),
    call_id: z.string().describe("Final: the same external id always gets this one."),
    task_id: z.string(),
    inbound_id: z.string(),
    files: z.array(
      z.object({
        id: z.string(),
        file_name: z.string().nullable(),
        media_type: z.string(),
        size: z.number().int(),
        recording_id: z.string(),
      }),
    ),
  })
  .openapi("CompletedUpload", {
    example: {
      id: "upl_01k3a7w8q0m4x2c9v5b6n7p8r1",
      call_id: exampleCallId,
      task_id: taskIdOf(exampleCallId),
      inbound_id: "inb_01k3a7w8q0m4x2c9v5b6n7p8r1",
      files: [
        {
          id: "upl_01k3a7w8q0m4x2c9v5b6n7p8r1",
          file_name: "call-4711.mp3",
          media_type: "audio/mpeg",
          size: 1_482_112,
          recording_id: "rec_7h2j9k4m1n6p3q8r5s0t2v7w4x_3f9k2m7q",
        },
      ],
    },
  });

const DESCRIPTIONS: Record<(typeof UPLOAD_FIELDS)[number], string> = {
  campaign_id: "The campaign, by id or number.",
  source_id: "The source the call belongs to; without it, the organization's own for uploads.",
  external_id: "Your id of the call: uploading again under it adds to the same call. Default: the upload's id.",
  reference_id: "The same as external_id, by the name that analyses have for it.",
  direction: "inbound, outbound or internal.",
  from: "The calling number.",
  to: "The called number.",
  started_at: "When the call began: ISO 8601; without an offset, the clock of the source's time zone.",
  duration_seconds: "How long it was.",
  operator: "The operator's name.",
  operator_reference: "What your system calls the operator besides a name.",
  account: "The account, queue or line, where the source maps these to campaigns.",
  status: "Your own word for how the call ended.",
  outcome: "completed (the default) or failed.",
  notes: "Kept with the call.",
};

/** The fields of an upload, for its OpenAPI entry. Any `custom[…]` may be added. */
export const callFieldShapes = Object.fromEntries(
  UPLOAD_FIELDS.map((name) => [name, z.string().optional().describe(DESCRIPTIONS[name])]),
) as Record<(typeof UPLOAD_FIELDS)[number], z.ZodOptional<z.ZodString>>;

export function viewUpload(row: UploadRow): z.infer<typeof upload> {
  const campaignId = row.call["campaign_id"];
  const callId = row.state === "completed" ? row.callId : null;
  return {
    id: row.id,
    state: row.state,
    source_id: row.sourceId,
    campaign_id: typeof campaignId === "string" ? campaignId : null,
    file_name: row.fileName,
    media_type: row.mediaType,
    size: row.size,
    received: row.received,
    call_id: callId,
    task_id: callId === null ? null : taskIdOf(callId),
    created_at: toIso(row.createdAt),
    expires_at: row.state === "open" ? toIso(row.expiresAt) : null,
  };
}

export function viewCompleted(completed: AnnouncedUpload): z.infer<typeof completedUpload> {
  return {
    id: completed.id,
    call_id: completed.callId,
    task_id: completed.taskId,
    inbound_id: completed.inboundId,
    files: completed.files.map((file) => ({
      id: file.id,
      file_name: file.fileName,
      media_type: file.mediaType,
      size: file.size,
      recording_id: file.recordingId,
    })),
  };
}
