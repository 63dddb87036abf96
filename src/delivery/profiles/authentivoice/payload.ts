import type { AnalysisSnapshot } from "../../../events";
import { toIso } from "../../../lib/time";
import type { AttemptContext } from "../contract";
import { factsOf, isObject } from "../facts";

/** Every path of the payload, as a template may use it. */
export const PAYLOAD_PATHS = [
  "id",
  "timestamp",
  "event",
  "retryCount",
  "data",
  "data.resourceId",
  "data.resourceType",
  "data.changes",
  "data.changes.status",
  "data.changes.reason",
  "data.changes.riskScore",
  "data.changes.completedAt",
  "data.metadata",
  "data.metadata.callId",
  "data.metadata.referenceId",
  "data.metadata.recordingId",
  "data.metadata.campaignId",
  "data.metadata.engine",
  "data.metadata.engineVersion",
  "data.metadata.test",
  "data.metadata.scores",
  "data.metadata.scores.{index}",
  "data.metadata.scores.{index}.{ScoreName}",
  "data.metadata.riskLevel",
  "data.metadata.fraudIndicators",
  "data.metadata.fraudIndicators.{index}",
  "data.metadata.measures",
  "data.metadata.measures.durationSeconds",
  "data.metadata.measures.talkSeconds",
  "data.metadata.measures.talkSeconds.{index}",
  "data.metadata.measures.silenceSeconds",
  "data.metadata.measures.overlapSeconds",
  "data.metadata.measures.warnings",
  "data.metadata.measures.warnings.{index}",
];

// What an event can be about, the most specific first: a review is of an analysis, an analysis of a recording.
const RESOURCES = ["review", "task", "analysis", "recording", "call"] as const;

/**
 * The contract's `WebhookPayload`. `retryCount` is 0 at the first attempt. `id` and `timestamp` (when the event was
 * recorded) are the same in every attempt, so that receivers recognise a repetition.
 */
export function webhookPayload(context: AttemptContext): Record<string, unknown> {
  const { call, analysis } = factsOf(context.data);
  const resourceType = RESOURCES.find((kind) => isObject(context.data[kind])) ?? context.type.split(".")[0];
  const resource = context.data[resourceType ?? ""];
  return {
    id: context.eventId,
    timestamp: toIso(context.recordedAt),
    event: context.type,
    data: {
      resourceId: isObject(resource) && typeof resource.id === "string" ? resource.id : "",
      resourceType,
      ...(isObject(context.data.analysis) ? { changes: changesOf(analysis) } : {}),
      metadata: {
        callId: call.id ?? null,
        referenceId: call.external_id ?? null,
        campaignId: call.campaign_id ?? null,
        ...(isObject(context.data.analysis) ? analysisMetadata(analysis) : {}),
        ...(context.test ? { test: true } : {}),
      },
    },
    retryCount: context.attempt - 1,
  };
}

function changesOf(analysis: Partial<AnalysisSnapshot>): Record<string, unknown> {
  return {
    status: analysis.state ?? null,
    reason: analysis.reason ?? null,
    riskScore: analysis.risk_score ?? null,
    completedAt: analysis.completed_at ?? null,
  };
}

function analysisMetadata({ measures, ...analysis }: Partial<AnalysisSnapshot>): Record<string, unknown> {
  return {
    recordingId: analysis.recording_id ?? null,
    engine: analysis.engine ?? null,
    engineVersion: analysis.engine_version ?? null,
    scores: analysis.scores ?? null,
    riskLevel: analysis.risk?.level ?? null,
    fraudIndicators: analysis.risk?.evidence ?? [],
    measures: measures
      ? {
          durationSeconds: measures.duration_seconds,
          talkSeconds: measures.talk_seconds,
          silenceSeconds: measures.silence_seconds,
          overlapSeconds: measures.overlap_seconds,
          warnings: measures.warnings,
        }
      : null,
  };
}
