import { answerHandshake, answerRefusal, answerUnavailable, type Answer } from "./answer";
import type { Decision } from "./decision";
import type { IngestDeps } from "./deps";
import type { Isolate } from "./isolate";
import { keep, type Arrival } from "./keep";
import type { Gateway } from "./refusal-gate";
import { overSourceLimit, shutOut } from "./too-many";
import { turnAway } from "./turn-away";

/**
 * One request from arrival to answer: decide, keep, then answer. When something fails on the way (the database on an
 * uncached key, R2, the queue) the answer is 503, so that the platform sends the request again.
 */
export async function receive(
  gateway: Gateway,
  decide: () => Promise<Decision>,
  answer: Answer,
  deps: IngestDeps,
  isolate: Isolate,
): Promise<Response> {
  const { headers, path, sourceKind } = gateway;
  const arrival: Arrival = {
    path: path.slice(0, 500),
    headers,
    sourceKind,
    receivedAt: deps.now(),
  };
  isolate.counter.tick(arrival.receivedAt, deps);
  try {
    const decision = await decideWithin(gateway, decide, arrival.receivedAt, deps, isolate);
    const { outcome, sender } = decision;
    if (outcome.verdict === "refused")
      return answerRefusal(outcome.refusal, await turnAway(gateway, arrival, decision, deps, isolate));
    if (outcome.verdict === "handshake") {
      await (sender.proven ? keep(arrival, decision, deps) : turnAway(gateway, arrival, decision, deps, isolate));
      return answerHandshake(outcome);
    }
    return answer(outcome, await keep(arrival, decision, deps));
  } catch (error) {
    deps.log({ event: "ingest_unavailable", source_kind: sourceKind, error: String(error) });
    return answerUnavailable();
  }
}

/**
 * A sender that is shut out gets its answer before anything is read. A source's limit counts verified requests only.
 */
async function decideWithin(
  gateway: Gateway,
  decide: () => Promise<Decision>,
  now: number,
  deps: IngestDeps,
  { gate, strangers }: Isolate,
): Promise<Decision> {
  const until = (await gate.shutUntil(gateway, now)) ?? (await strangers.shutUntil(gateway, now));
  if (until !== undefined) return shutOut(until, now);
  const decision = await decide();
  const { proven, sourceId } = decision.sender;
  if (!proven || sourceId === null) return decision;
  return (await deps.limits.proven(sourceId)) ? decision : overSourceLimit(decision);
}
