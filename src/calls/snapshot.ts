import type { calls } from "../db/schema";
import type { CallSnapshot } from "../events";
import { toIso } from "../lib/time";

export type CallRow = typeof calls.$inferSelect;

/** A call without its conversation, which may be a megabyte. */
export type CallHead = Omit<CallRow, "conversation" | "unmasked">;

/**
 * The public shape of a call, for events and the API. The operator is the one after all merges; the name beside the id
 * is the platform's, or its reference where it sent no name.
 */
export function snapshotCall(row: CallHead): CallSnapshot {
  const operatorName = row.operatorName ?? row.operatorReference;
  return {
    id: row.id,
    source: { id: row.sourceId, kind: row.sourceKind },
    external_id: row.externalId,
    campaign_id: row.campaignId,
    operator: row.operatorId === null || operatorName === null ? null : { id: row.operatorId, name: operatorName },
    state: row.state,
    quarantine: row.quarantine,
    direction: row.direction,
    from: row.fromRaw,
    from_e164: row.fromE164,
    to: row.toRaw,
    to_e164: row.toE164,
    provider_status: row.providerStatus,
    error: row.error,
    started_at: toIso(row.startedAt),
    answered_at: toIso(row.answeredAt),
    ended_at: toIso(row.endedAt),
    duration_seconds: row.durationSeconds,
    talk_seconds: row.talkSeconds,
    tags: row.tags,
    custom: row.custom,
  };
}
