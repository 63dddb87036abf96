import { exampleMeasures } from "./measures";
import { exampleRisk, exampleScoreSet } from "./scores";
import type {
  AnalysisSnapshot,
  CallSnapshot,
  ConsensusSnapshot,
  ConversationSnapshot,
  RecordingSnapshot,
  ReviewSnapshot,
  ViolationSnapshot,
  TaskSnapshot,
} from "./snapshots";

// All examples are about one call, so that they can be related to each other.

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
  tags: ["renewal"],
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

/** The engine of our own, done with a recording; and one that transcribes. */
export const exampleEngine = {
  engine: "trunkline-acoustic",
  version: "2",
  state: "completed" as const,
  reason: null,
  completed_at: "2026-08-20T14:03:34.000Z",
};
export const exampleTranscriber = { ...exampleEngine, engine: "deepgram", version: "nova-3" };

export const exampleAnalysis: AnalysisSnapshot = {
  id: "ana_3v5g8k2m9q4t7w0y1z6x3c8b5n_8k2m4q6t_trunkline-acoustic",
  call_id: exampleCall.id,
  recording_id: exampleRecording.id,
  engine: "trunkline-acoustic",
  engine_version: "2",
  state: "completed",
  reason: null,
  engines: [exampleEngine, exampleTranscriber],
  measures: exampleMeasures,
  risk_score: null,
  scores: null,
  score_sets: [],
  risk: null,
  platform_reviews: [],
  completed_at: "2026-08-20T14:03:34.000Z",
};

/** What a platform found itself. */
export const examplePlatformAnalysis: AnalysisSnapshot = {
  ...exampleAnalysis,
  id: "ana_3v5g8k2m9q4t7w0y1z6x3c8b5n_platform",
  recording_id: null,
  engine: "platform",
  engine_version: "5.2",
  engines: [{ ...exampleEngine, engine: "platform", version: "5.2" }],
  measures: null,
  risk_score: exampleRisk.score,
  scores: [{ Engaged: 4 }, null],
  score_sets: [exampleScoreSet],
  risk: exampleRisk,
};

export const exampleTask: TaskSnapshot = {
  id: "task_3v5g8k2m9q4t7w0y1z6x3c8b5n",
  call_id: exampleCall.id,
  recording_id: exampleRecording.id,
  campaign_id: exampleCall.campaign_id,
  operator_id: "opr_7h2j9k4m1n6p3q8r5s0t2v7w4x",
  state: "open",
  team_id: "tem_01k3a7w8q0m4x2c9v5b6n7p8r1",
  warning: null,
  assignee_id: null,
  due_at: null,
  wanted: 1,
  blind: false,
  closed: null,
  created_at: "2026-08-20T14:03:30.000Z",
};

export const exampleReview: ReviewSnapshot = {
  id: "rev_01k3a7w8q0m4x2c9v5b6n7p8r1",
  task_id: exampleTask.id,
  call_id: exampleCall.id,
  campaign_id: exampleCall.campaign_id,
  operator_id: exampleTask.operator_id,
  reviewer_id: "usr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  state: "completed",
  scorecard: { id: "scd_01k3a7w8q0m4x2c9v5b6n7p8r1", version: 2 },
  score: 86.67,
  uncapped_score: 86.67,
  passed: true,
  auto_failed: [],
  critical_failed: [],
  reason: null,
  due_at: null,
  assigned_at: "2026-08-20T15:00:00.000Z",
  started_at: "2026-08-20T15:00:00.000Z",
  submitted_at: "2026-08-20T15:06:12.000Z",
  completed_at: "2026-08-20T15:06:22.000Z",
};

export const exampleConsensus: ConsensusSnapshot = {
  task_id: exampleTask.id,
  call_id: exampleCall.id,
  campaign_id: exampleCall.campaign_id,
  operator_id: exampleTask.operator_id,
  state: "reached",
  wanted: 2,
  max_spread: 10,
  rule: "mean",
  spread: 6.67,
  score: 83.34,
  passed: true,
  review_ids: [exampleReview.id, "rev_01k3a7w8q0m4x2c9v5b6n7p8r2"],
  differing: ["tone"],
  decided_by: null,
  reason: null,
  decided_at: "2026-08-20T16:06:22.000Z",
};

export const exampleViolation: ViolationSnapshot = {
  policy_id: "sla_01k3a7w8q0m4x2c9v5b6n7p8r1",
  policy: "Reviewed within two days",
  measure: "task_reviewed",
  object_id: exampleTask.id,
  call_id: exampleCall.id,
  campaign_id: exampleCall.campaign_id,
  operator_id: exampleTask.operator_id,
  reviewer_id: null,
  started_at: exampleTask.created_at,
  due_at: "2026-08-24T14:03:30.000Z",
  noted_at: "2026-08-24T14:04:02.000Z",
};

export const exampleConversation: ConversationSnapshot = {
  agent_id: "agent_renewals_es",
  summary: "The caller renewed the policy for another year and asked for the receipt by e-mail.",
  transcript: "bot: Hola, ¿en qué puedo ayudarle?\nhuman: Quiero renovar mi póliza.",
  timeline: [
    { at: "2026-08-20T14:00:06.120Z", kind: "message", speaker: "bot", text: "Hola, ¿en qué puedo ayudarle?" },
    { at: "2026-08-20T14:00:09.480Z", kind: "message", speaker: "human", text: "Quiero renovar mi póliza." },
    { at: "2026-08-20T14:00:11.000Z", kind: "action_start", speaker: null, text: "renew_policy" },
    { at: "2026-08-20T14:00:12.350Z", kind: "action_end", speaker: null, text: "renew_policy" },
  ],
  action_results: [{ action: "send_receipt", status: "done" }],
};
