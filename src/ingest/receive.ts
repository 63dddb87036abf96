import { answerHandshake, answerRefusal, answerUnavailable, type Answer } from "./answer";
import type { Decision } from "./decision";
import type { IngestDeps } from "./deps";
import { keep, keepRefusal, type Arrival } from "./keep";
import type { RefusalSampler } from "./refusal-sampler";

/**
 * One request from arrival to answer: decide, keep, and only then say so. Whatever is lost on the way (the database on
 * a cold key, R2, the queue) becomes a 503, so that the provider sends it again.
 */
export async function receive(
  request: Request,
  sourceKind: string,
  decide: () => Promise<Decision>,
  answer: Answer,
  deps: IngestDeps,
  sample: RefusalSampler,
): Promise<Response> {
  const arrival: Arrival = {
    path: new URL(request.url).pathname.slice(0, 500),
    headers: request.headers,
    sourceKind,
    receivedAt: deps.now(),
  };
  try {
    const decision = await decide();
    const { outcome } = decision;
    if (outcome.verdict === "refused")
      return answerRefusal(outcome.refusal, await keepRefusal(arrival, decision, deps, sample));
    if (outcome.verdict === "handshake") {
      await (outcome.proven ? keep(arrival, decision, deps) : keepRefusal(arrival, decision, deps, sample));
      return answerHandshake(outcome);
    }
    return answer(outcome, await keep(arrival, decision, deps));
  } catch (error) {
    deps.log({ event: "ingest_unavailable", source_kind: sourceKind, error: String(error) });
    return answerUnavailable();
  }
}
