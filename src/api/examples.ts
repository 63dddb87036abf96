import type { AnalysisSnapshot, CallSnapshot, RecordingSnapshot, TaskSnapshot } from "../events";

// One call told through the whole API description, so that its parts can be matched with one another.

export const exampleCall: CallSnapshot = {
  id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  source: { id: "src_01k3a7w8q0m4x2c9v5b6n7p8r1", kind: "anura" },
  external_id: "1755698400.4711",
  campaign_id: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
  operator: { id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x", name: "Lucía Fernández" },
  state: "completed",
  quarantine: null,
  direction: "inbound",
  from: "011 4778-1234",
  from_e164: "+541147781234",
  to: "1001",
  to_e164: null,
  provider_status: "ANSWERED",
  error: null,
  started_at: "2026-08-20T14:00:00.000Z",
  answered_at: "2026-08-20T14:00:05.000Z",
  ended_at: "2026-08-20T14:03:12.000Z",
  duration_seconds: 192,
  talk_seconds: 187,
  custom: { queue: "renewals" },
};

export const exampleRecording: RecordingSnapshot = {
  id: "rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t",
  call_id: exampleCall.id,
  external_id: "1755698400.4711",
  state: "completed",
  reason: null,
  media_type: "audio/mpeg",
  size_bytes: 748_032,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  completed_at: "2026-08-20T14:03:30.000Z",
  audio_url:
    "https://trunkline.example/recordings/rec_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t/audio?organization=org_01k3&expires=1787320800&signature=…",
  audio_url_expires_at: "2026-08-21T14:00:00.000Z",
};

export const exampleAnalysis: AnalysisSnapshot = {
  id: "ana_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t_acoustic",
  call_id: exampleCall.id,
  recording_id: exampleRecording.id,
  engine: "acoustic",
  engine_version: "1",
  state: "completed",
  reason: null,
  measures: {
    duration_seconds: 187,
    talk_seconds: [84.2, 71.9],
    silence_seconds: 34.6,
    overlap_seconds: 3.7,
    warnings: [],
  },
  completed_at: "2026-08-20T14:03:34.000Z",
};

export const exampleTask: TaskSnapshot = {
  id: "task_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  call_id: exampleCall.id,
  recording_id: exampleRecording.id,
  campaign_id: exampleCall.campaign_id,
  operator_id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
  state: "open",
  created_at: "2026-08-20T14:03:30.000Z",
};
