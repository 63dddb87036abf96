import { attemptWasted } from "./breaker";
import type { AttemptLogEntry, EndpointConfig } from "../contract";
import { closeDelivery, putBack, type Lanes, type OpenDelivery } from "./lanes";
import { recordOutcome, type Outcome, type StoredDelivery, type Tell } from "./storage";
import type { Verdict } from "../profiles";
import { countAttempt } from "./counters";
import { judgeAttempt, judgeReplay, type EndpointState } from "./endpoint-state";

/**
 * Writes how an attempt of `delivery` went to the table and moves its lane on accordingly. Gives what others are to be
 * told. A row that moved on meanwhile (erased, skipped, sent by another life of the object) is left as it is.
 */
export function settleAttempt(
  object: { sql: SqlStorage; lanes: Lanes; state: EndpointState; config: EndpointConfig },
  delivery: OpenDelivery,
  stored: StoredDelivery,
  { outcome, verdict }: { outcome: Outcome; verdict: Verdict },
): Tell[] {
  const { state, dueAt, entry } = outcome;
  const written = recordOutcome(object.sql, delivery, delivery.attempts, outcome);
  if (written && (state === "pending" || state === "held")) {
    putBack(object.lanes, delivery, { attempts: delivery.attempts + 1, dueAt, held: state === "held" });
  } else {
    closeDelivery(object.lanes, delivery);
  }
  countAttempt(
    object.state.counters,
    entry,
    verdict === "delivered" ? "delivered" : state === "parked" ? "parked" : "failed",
  );
  const tells = judge(object, delivery, verdict, entry);
  if (!written || state !== "parked" || delivery.replay > 0) return tells;
  const { deliveryId, eventId, type } = stored;
  return [
    ...tells,
    { kind: "parked", at: entry.endedAt, deliveryId, eventId, type, stream: delivery.stream, seq: delivery.seq },
  ];
}

/** What the attempt says about the endpoint. */
function judge(
  { state, config }: { state: EndpointState; config: EndpointConfig },
  delivery: OpenDelivery,
  verdict: Verdict,
  entry: AttemptLogEntry,
): Tell[] {
  if (entry.error === "body") {
    // Nothing was sent: an event that no body can be made of must not break the circuit for the others.
    attemptWasted(state.breaker);
    return [];
  }
  // Replays are somebody's wish, not the endpoint's life: they neither begin nor end a streak.
  if (delivery.replay <= 0) return judgeAttempt(state, config, verdict, entry.endedAt);
  judgeReplay(state, verdict, entry.endedAt);
  return [];
}
