import type { Decision } from "./decision";
import type { IngestDeps } from "./deps";
import type { Isolate } from "./isolate";
import { keepRefusal, verdictOf, type Arrival } from "./keep";
import type { Gateway } from "./refusal-gate";
import { SHUT_OUT } from "./too-many";

const SOURCE_ID = /^src_[0-9a-z]{26}$/;

/**
 * Counts a refused request, or a handshake that proved nothing, keeps it if it is among the first, and watches who sends
 * it. Gives the id it is kept under, null when it was not kept.
 */
export async function turnAway(
  gateway: Gateway,
  arrival: Arrival,
  decision: Decision,
  deps: IngestDeps,
  { counter, gate, sample }: Isolate,
): Promise<string | null> {
  const inboundId = await keepRefusal(arrival, decision, deps, sample);
  const { verdict: outcome, reason } = verdictOf(decision.outcome);
  const { organizationId, sourceId, proven } = decision.sender;
  // The consumer counts what is logged and was not refused here; a request is counted once.
  if (outcome === "refused" || inboundId === null) {
    // The source a path names counts as a claim: its owner is to see why its requests do not get in.
    const claimed = organizationId === "" && SOURCE_ID.test(gateway.sourceId ?? "") ? gateway.sourceId : undefined;
    const counted = { organizationId, sourceId: sourceId ?? claimed ?? "", sourceKind: gateway.sourceKind };
    counter.count({ ...counted, outcome, reason: reason ?? "" }, arrival.receivedAt, deps);
  }
  // A proven sender's refusals are calls that wait for a fix: their like are never shut out.
  if (!proven && reason !== SHUT_OUT) await gate.note(gateway, arrival.receivedAt, deps.limits);
  return inboundId;
}
