import { exampleAction } from "./action-example";
import { exampleReport } from "./example-report";
import type { EventData, EventType } from "./catalog";
import {
  exampleAnalysis,
  exampleCall,
  exampleConsensus,
  exampleConversation,
  exampleEngine,
  examplePlatformAnalysis,
  exampleRecording,
  exampleReview,
  exampleTask,
  exampleTranscriber,
  exampleViolation,
} from "./example-resources";
import { exampleRisk } from "./scores";

const closed = { reason: "no_conversation", note: null, at: "2026-08-20T15:00:00.000Z" };

const severally = {
  reviews: [exampleReview, { ...exampleReview, id: "rev_01k3a7w8q0m4x2c9v5b6n7p8r2", score: 80, uncapped_score: 80 }],
  task: { ...exampleTask, state: "completed" as const, wanted: 2, blind: true },
};

const call = exampleCall;
// A link is added when an event is sent, and only where there is audio.
const { audio_url: _url, audio_url_expires_at: _expires, ...unlinked } = exampleRecording;
const failedRecording = {
  ...unlinked,
  state: "failed" as const,
  reason: "gone: the platform answered 410",
  media_type: null,
  size_bytes: null,
  sha256: null,
};
const failedAnalysis = {
  ...exampleAnalysis,
  state: "failed" as const,
  reason: "unsupported_format: MP3 in free format",
  engines: [
    { ...exampleEngine, state: "failed" as const, reason: "unsupported_format: MP3 in free format" },
    {
      ...exampleTranscriber,
      version: null,
      state: "failed" as const,
      reason: "not_decoded: unsupported_format: MP3 in free format",
    },
  ],
  measures: null,
};
const endpoint = {
  id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
  url: "https://crm.example/hooks/calls",
  description: "CRM",
};

const unscored = { score: null, uncapped_score: null, passed: null, submitted_at: null, completed_at: null };

/** An example of the data of every event type. */
export const eventExamples: { [T in EventType]: EventData<T> } = {
  "call.completed": { call },
  "call.failed": {
    call: {
      ...call,
      state: "failed",
      provider_status: "NO ANSWER",
      answered_at: null,
      duration_seconds: 30,
      talk_seconds: null,
    },
  },
  "call.updated": { call: { ...call, duration_seconds: 193 }, changed: ["duration_seconds"] },
  "call.processed": {
    call,
    recordings: [exampleRecording],
    analyses: [exampleAnalysis],
    conversation: exampleConversation,
    actions: [exampleAction],
  },
  "recording.completed": { recording: exampleRecording, call },
  "recording.failed": { recording: failedRecording, call },
  "task.created": { task: exampleTask, call },
  "task.closed": { task: { ...exampleTask, state: "closed", closed }, call },
  "task.reopened": { task: exampleTask, call },
  "review.assigned": {
    review: {
      ...exampleReview,
      state: "in_progress",
      score: null,
      uncapped_score: null,
      passed: null,
      submitted_at: null,
      completed_at: null,
    },
    task: exampleTask,
    call,
  },
  "review.escalated": {
    review: { ...exampleReview, state: "escalated", ...unscored, reason: "escalated" },
    task: exampleTask,
    call,
  },
  "quality.threshold_breach": {
    review: { ...exampleReview, score: 46.67, uncapped_score: 46.67, passed: false },
    task: { ...exampleTask, state: "completed" },
    call,
    threshold: 80,
  },
  "review.completed": { review: exampleReview, task: { ...exampleTask, state: "completed" }, call },
  "review.consensus_reached": { consensus: exampleConsensus, ...severally, call },
  "review.decided": {
    consensus: {
      ...exampleConsensus,
      state: "decided",
      spread: 40,
      score: 80,
      review_ids: ["rev_01k3a7w8q0m4x2c9v5b6n7p8r2"],
      differing: [],
      decided_by: "usr_01k3a7w8q0m4x2c9v5b6n7p8r3",
      reason: "The greeting was said, only late.",
    },
    ...severally,
    call,
  },
  "sla.violation": { violation: exampleViolation, call },
  "analysis.created": {
    analysis: {
      ...exampleAnalysis,
      state: "pending",
      engines: [exampleEngine, { ...exampleTranscriber, version: null }].map((engine) => ({
        ...engine,
        state: "pending" as const,
        completed_at: null,
      })),
      measures: null,
      completed_at: null,
    },
    call,
  },
  "analysis.completed": { analysis: exampleAnalysis, call },
  "analysis.failed": { analysis: failedAnalysis, call },
  "analysis.updated": {
    analysis: exampleAnalysis,
    call,
    changes: {
      engines: {
        from: [exampleEngine, { ...exampleTranscriber, state: "late", completed_at: null }],
        to: [exampleEngine, exampleTranscriber],
      },
    },
  },
  "fraud.high_risk": { risk: { ...exampleRisk, level: "high" }, analysis: examplePlatformAnalysis, call },
  "fraud.critical": { risk: exampleRisk, analysis: examplePlatformAnalysis, call },
  "report.ready": { report: exampleReport },
  "endpoint.disabled": { endpoint, reason: "failing", disabled_at: "2026-08-25T14:03:13.000Z" },
  "endpoint.recovered": {
    endpoint,
    failing_since: "2026-08-20T14:03:13.000Z",
    recovered_at: "2026-08-20T15:10:00.000Z",
  },
  "endpoint.backlog_high": { endpoint, backlog: 80_000, limit: 100_000 },
  "delivery.parked": {
    endpoint,
    delivery: {
      id: "dlv_01k3a7w8q0m4x2c9v5b6n7p8r1",
      event_id: "evt_01k3a7w8q0m4x2c9v5b6n7p8r1",
      event_type: "call.completed",
      stream: call.id,
      seq: 1,
    },
    parked_at: "2026-08-23T17:20:00.000Z",
  },
};
