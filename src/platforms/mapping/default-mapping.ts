import type { Mapping } from "./schema";

/**
 * Trunkline's own notice format: the facts of a call under the names the API has for them, flat in the body. Times are
 * ISO 8601 or numbers of the epoch, lengths of time are seconds.
 */
export const DEFAULT_MAPPING: Mapping = {
  external_id: "external_id",
  outcome: "outcome || state || 'ended'",
  direction: "direction",
  from: "from",
  to: "to",
  started_at: "started_at",
  answered_at: "answered_at",
  ended_at: "ended_at",
  duration: "duration_seconds",
  talk: "talk_seconds",
  status: "provider_status || status",
  error: "error",
  operator: "operator.name || operator_name || operator",
  operator_reference: "operator.reference || operator_reference",
  account: "account",
  campaign_number: "campaign_number",
  recordings: "recordings || recording_url || recording.url",
  summary: "summary",
  transcript: "transcript",
  custom: "*",
};
