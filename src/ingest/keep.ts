import type { HeaderFields } from "../lib/http/header-fields";
import type { IngestMessage } from "../queues/messages";
import { isUnprovenStatus, keepInbound, redactHeaders, UNPROVEN_HEADERS } from "../sources";
import type { Decision, Outcome } from "./decision";
import type { IngestDeps } from "./deps";
import type { RefusalSampler } from "./refusal-sampler";

/**
 * How much is kept of an unverified sender's body, in bytes: enough to see why it was refused, too little to fill the
 * log.
 */
export const UNPROVEN_BODY_MAX = 8_192;

export type Arrival = { path: string; headers: HeaderFields; sourceKind: string; receivedAt: number };

/**
 * Stores the request durably and gives the id of its log row. Throws when it cannot, so that an accepted or ignored
 * request is never acknowledged without being kept.
 */
export async function keep(arrival: Arrival, decision: Decision, deps: IngestDeps): Promise<string> {
  const { sender, outcome, body, bodySize } = decision;
  return keepInbound(deps, {
    organizationId: sender.organizationId,
    sourceId: sender.sourceId,
    sourceKind: arrival.sourceKind,
    receivedAt: arrival.receivedAt,
    path: arrival.path,
    form: "notice",
    headers: sender.proven ? redactHeaders(arrival.headers) : redactHeaders(arrival.headers, UNPROVEN_HEADERS),
    body: sender.proven || mayKeepUnproven(outcome, bodySize) ? body : null,
    bodySize,
    ...verdictOf(outcome),
    campaignLimit: sender.campaignLimit,
    proven: sender.proven,
  });
}

/**
 * Keeps a refused request, or an unverified handshake, if it is among the first of its kind this minute. Never throws:
 * the refusal stands either way. Null when it was not kept.
 */
export async function keepRefusal(
  arrival: Arrival,
  decision: Decision,
  deps: IngestDeps,
  sample: RefusalSampler,
): Promise<string | null> {
  const { sender } = decision;
  const { reason, status } = verdictOf(decision.outcome);
  const group = `${sender.organizationId === "" ? (sender.sourceId ?? "") : sender.organizationId}|${reason}`;
  // A request over its source's limit is treated as unverified: more is not kept, whoever sends it.
  const sampling = sample(group, sender.proven && status !== 429, arrival.receivedAt);
  if (sampling.kind === "drop") {
    if (sampling.first)
      deps.log({
        event: "refusals_sampled",
        organization_id: sender.organizationId,
        source_kind: arrival.sourceKind,
        reason,
      });
    return null;
  }
  try {
    return await keep(arrival, decision, deps);
  } catch (error) {
    deps.log({
      event: "refusal_not_kept",
      organization_id: sender.organizationId,
      source_kind: arrival.sourceKind,
      reason,
      error: String(error),
    });
    return null;
  }
}

// Unverified senders must not fill R2 and the log, and a replay requires a verified sender.
function mayKeepUnproven(outcome: Outcome, bodySize: number): boolean {
  return bodySize <= UNPROVEN_BODY_MAX && isUnprovenStatus(verdictOf(outcome).status);
}

/** The decision as a message carries it. */
export function verdictOf(outcome: Outcome): Pick<IngestMessage, "verdict" | "reason" | "status"> {
  switch (outcome.verdict) {
    case "accepted":
      return { verdict: "accepted", reason: null, status: 200 };
    case "ignored":
      return { verdict: "ignored", reason: outcome.reason, status: 200 };
    case "handshake":
      return { verdict: "ignored", reason: "handshake", status: outcome.reply.status };
    case "refused":
      return { verdict: "refused", reason: outcome.refusal.reason, status: outcome.refusal.status };
  }
}
