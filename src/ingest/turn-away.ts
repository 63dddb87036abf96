import type { Decision, Sender } from "./decision";
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
  { counter, gate, sample, strangers }: Isolate,
): Promise<string | null> {
  const { proven } = decision.sender;
  const sender = withClaim(decision.sender, gateway.sourceId);
  const inboundId = await keepRefusal(arrival, { ...decision, sender }, deps, sample);
  const { verdict: outcome, reason } = verdictOf(decision.outcome);
  const { organizationId, sourceId } = sender;
  // The consumer counts what is logged and was not refused here; a request is counted once.
  if (outcome === "refused" || inboundId === null) {
    const counted = { organizationId, sourceId: sourceId ?? "", sourceKind: gateway.sourceKind };
    counter.count({ ...counted, outcome, reason: reason ?? "" }, arrival.receivedAt, deps);
  }
  // A proven sender's refusals are calls that wait for a fix: their like are never shut out.
  if (!proven && reason !== SHUT_OUT) {
    await gate.note(gateway, arrival.receivedAt, deps.limits);
    await strangers.note(gateway, arrival.receivedAt, deps.limits);
  }
  return inboundId;
}

/**
 * The sender with the source that the path names, where nobody is known to have sent the request: its owner is to see why
 * its requests do not get in. Who that is, the consumer finds out: a refusal asks no database.
 */
function withClaim(sender: Sender, named: string | undefined): Sender {
  return sender.organizationId === "" && named !== undefined && SOURCE_ID.test(named)
    ? { ...sender, sourceId: named }
    : sender;
}
