import type { EndpointConfig } from "../contract";
import { attemptEnded, attemptWasted } from "./breaker";
import type { EndpointState } from "./endpoint-state";
import { takeFresh, type FreshEvents } from "./fresh-events";
import { closeDelivery, freeSlot, putBack, type Lanes, type OpenDelivery } from "./lanes";
import type { Answered, Outcomes } from "./outcomes";
import { LEASE } from "./pump";
import { send } from "./send";
import type { SendDepsOn } from "./send-deps";
import { gapBefore, readForAttempt, TEST_STREAM, type StoredDelivery } from "./storage";
import { storedOf, type Unwritten } from "./unwritten";

type Deps = {
  sql: SqlStorage;
  lanes: Lanes;
  state: EndpointState;
  fresh: FreshEvents;
  unwritten: Unwritten;
  sendDeps: SendDepsOn;
  config: EndpointConfig | undefined;
  outcomes: Outcomes;
  /** Writes the outcome of an attempt at once. */
  settle(answered: Answered): void;
};

/** Makes one attempt of a delivery that was taken from its lane, and passes its outcome on to be written. */
export async function tryDelivery(deps: Deps, delivery: OpenDelivery): Promise<void> {
  const { lanes, outcomes, unwritten } = deps;
  const answered = await attemptOf(deps, delivery);
  if (!answered) return;
  const { entry } = answered.result.outcome;
  unwritten.answered(entry.endedAt - entry.startedAt);
  if (answered.result.verdict === "delivered") {
    freeSlot(lanes, delivery);
    outcomes.add(answered, lanes.busy === 0);
    return;
  }
  // A failure may open the circuit or disable the endpoint. Nothing more is sent before that is written.
  outcomes.flush();
  unwritten.write(delivery);
  deps.settle(answered);
}

/**
 * The attempt with its answer. Undefined where there is no outcome: the delivery is
 * gone, or the failure is ours. Its lane is then already advanced.
 */
async function attemptOf(deps: Deps, delivery: OpenDelivery): Promise<Answered | undefined> {
  const { sql, lanes, state, config } = deps;
  const stored = config && storedFor(deps, delivery);
  if (!config || !stored) {
    closeDelivery(lanes, delivery);
    attemptWasted(state.breaker);
    return undefined;
  }
  try {
    // A test that is sent again is still a test.
    const test = delivery.stream === TEST_STREAM;
    const context = await deps.sendDeps.contextFor(config, state.mayHaveGaps ? gapBefore(sql, delivery) : null, test);
    return { delivery, stored, result: await send(delivery, stored, context) };
  } catch (cause) {
    // Only our own failure gets here, such as a missing key: the delivery stays open and is tried again.
    console.error(JSON.stringify({ event: "endpoint.send_failed", endpoint: config.id, error: String(cause) }));
    attemptEnded(state.breaker, false, Date.now(), () => Math.random());
    putBack(lanes, delivery, { attempts: delivery.attempts, dueAt: Date.now() + LEASE });
    return undefined;
  }
}

function storedFor({ sql, fresh, unwritten }: Deps, delivery: OpenDelivery): StoredDelivery | undefined {
  const kept = unwritten.get(delivery);
  return kept ? storedOf(kept) : (takeFresh(fresh, delivery) ?? readForAttempt(sql, delivery, delivery.attempts));
}
