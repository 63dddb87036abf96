import { attemptEnded, attemptWasted } from "./breaker";
import type { AttemptLogEntry, EndpointConfig } from "../contract";
import { closeDelivery, isUnsettled, putBack, type Lanes, type OpenDelivery } from "./lanes";
import { attemptOutcomeOf, type Answered } from "./outcomes";
import { LEASE } from "./pump";
import { recordOutcomes, type Outcome, type StoredDelivery, type PendingNotice } from "./storage";
import type { Unwritten } from "./unwritten";
import type { Verdict } from "../profiles";
import { countAttempt, countStreak } from "./counters";
import { judgeAttempt, judgeReplay, type EndpointState } from "./endpoint-state";

type Settling = { sql: SqlStorage; lanes: Lanes; state: EndpointState; config: EndpointConfig; unwritten: Unwritten };

/**
 * Writes outcomes of attempts and advances their lanes. Gives the notices to record about the endpoint. What the table
 * does not take, such as one that is full, stays open and is sent again.
 */
export function settleAttempts(object: Settling, answered: readonly Answered[]): PendingNotice[] {
  const written = writeOutcomes(object, answered);
  // One that cannot be written takes no other with it.
  if (!written) return answered.length > 1 ? answered.flatMap((one) => settleAttempts(object, [one])) : [];
  const { mayHaveGaps } = object.state;
  const notices = answered.flatMap(({ delivery, stored, result }) => {
    object.unwritten.wrote(delivery);
    return settleAttempt(object, delivery, stored, result, written.has(stored.deliveryId));
  });
  if (object.state.mayHaveGaps && !mayHaveGaps && object.config.ordering === "none") writeForGaps(object);
  return notices;
}

/** Without an order only the rows of the events before say that a gap was told: from the first gap on all have one. */
function writeForGaps({ unwritten, config }: Settling): void {
  try {
    unwritten.write();
  } catch (cause) {
    console.error(JSON.stringify({ event: "endpoint.write_failed", endpoint: config.id, error: String(cause) }));
  }
}

/** The ids of the deliveries that were written; null where the table took none of them, and a single one is left open. */
function writeOutcomes(object: Settling, answered: readonly Answered[]): Set<string> | null {
  try {
    return recordOutcomes(
      object.sql,
      answered.map((one) => attemptOutcomeOf(one, object.unwritten.get(one.delivery))),
    );
  } catch (cause) {
    if (answered.length === 1) leaveOpen(object, answered[0]!.delivery, cause);
    return null;
  }
}

/** Leaves a delivery open after a failure of ours: it is tried again in a moment. */
export function leaveOpen(
  { lanes, state, config }: Pick<Settling, "lanes" | "state"> & { config: EndpointConfig | undefined },
  delivery: OpenDelivery,
  cause: unknown,
): void {
  console.error(JSON.stringify({ event: "endpoint.send_failed", endpoint: config?.id, error: String(cause) }));
  attemptEnded(state.breaker, false, Date.now(), () => Math.random());
  if (isUnsettled(lanes, delivery))
    putBack(lanes, delivery, { attempts: delivery.attempts, dueAt: Date.now() + LEASE });
}

/**
 * Advances the lane of a delivery whose outcome is in the table. Gives the notices to record about the endpoint.
 * `written` is false where its row changed in the meantime: erased, skipped, or sent by another run of the object.
 */
function settleAttempt(
  object: { lanes: Lanes; state: EndpointState; config: EndpointConfig },
  delivery: OpenDelivery,
  stored: StoredDelivery,
  { outcome, verdict }: { outcome: Outcome; verdict: Verdict },
  written: boolean,
): PendingNotice[] {
  const { state, dueAt, entry } = outcome;
  if (state === "parked") object.state.mayHaveGaps = true;
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
  const notices = judged(object, delivery, verdict, entry);
  if (!written || state !== "parked" || delivery.replay > 0) return notices;
  const { deliveryId, eventId, type } = stored;
  return [
    ...notices,
    { kind: "parked", at: entry.endedAt, deliveryId, eventId, type, stream: delivery.stream, seq: delivery.seq },
  ];
}

/** A state that cannot be written stops no lane: the next attempt is judged again. */
function judged(
  object: { state: EndpointState; config: EndpointConfig },
  ...attempt: [OpenDelivery, Verdict, AttemptLogEntry]
) {
  try {
    return judge(object, ...attempt);
  } catch (cause) {
    console.error(JSON.stringify({ event: "endpoint.judge_failed", endpoint: object.config.id, error: String(cause) }));
    return [];
  }
}

/** Applies the attempt to the endpoint's state. Gives the resulting notices. */
function judge(
  { state, config }: { state: EndpointState; config: EndpointConfig },
  delivery: OpenDelivery,
  verdict: Verdict,
  entry: AttemptLogEntry,
): PendingNotice[] {
  if (entry.error === "body") {
    // Nothing was sent. An event that no body can be built of must not open the circuit for the others.
    attemptWasted(state.breaker);
    return [];
  }
  // A person asked for a replay: it neither starts nor ends a failing streak.
  if (delivery.replay <= 0) {
    countStreak(state.counters, entry);
    return judgeAttempt(state, config, verdict, entry.endedAt);
  }
  judgeReplay(state, verdict, entry.endedAt);
  return [];
}
