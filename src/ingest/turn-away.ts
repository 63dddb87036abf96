import type { Decision, Sender } from "./decision";
import type { IngestDeps } from "./deps";
import type { Isolate } from "./isolate";
import { keepRefusal, verdictOf, type Arrival } from "./keep";
import type { Gateway } from "./refusal-gate";
import { SHUT_OUT } from "./too-many";

const SOURCE_ID = /^src_[0-9a-z]{26}$/;

/**
 * Counts a refused request or an unverified handshake, keeps it if it is among the first, and updates the gates. Gives
 * the id it is kept under, null when it was not kept.
 */
export async function turnAway(
  gateway: Gateway,
  arrival: Arrival,
  decision: Decision,
  deps: IngestDeps,
  { counter, gate, sample, strangers }: Isolate,
): Promise<string | null> {
  const { proven } = decision.sender;
  const sender = withClaim(decision.sender, gateway.sourceId);
  const inboundId = await keepRefusal(arrival, { ...decision, sender }, deps, sample);
  const { verdict: outcome, reason } = verdictOf(decision.outcome);
  const { organizationId, sourceId } = sender;
  // The consumer counts what is logged and was not refused here, so that a request is counted once.
  if (outcome === "refused" || inboundId === null) {
    const counted = { organizationId, sourceId: sourceId ?? "", sourceKind: gateway.sourceKind };
    counter.count({ ...counted, outcome, reason: reason ?? "" }, arrival.receivedAt, deps);
  }
  // Refusals of a verified sender are calls that wait for a fix: such senders are never shut out.
  if (!proven && reason !== SHUT_OUT) {
    await gate.note(gateway, arrival.receivedAt, deps.limits);
    await strangers.note(gateway, arrival.receivedAt, deps.limits);
  }
  return inboundId;
}

/**
 * The sender, with the source that the path names where the sender is unknown: its owner should see why its requests
 * are refused. The consumer checks whether that source exists, because a refusal reads no database.
 */
function withClaim(sender: Sender, named: string | undefined): Sender {
  return sender.organizationId === "" && named !== undefined && SOURCE_ID.test(named)
    ? { ...sender, sourceId: named }
    : sender;
}
