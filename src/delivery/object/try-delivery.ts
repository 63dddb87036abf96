import type { EndpointConfig } from "../contract";
import { attemptWasted } from "./breaker";
import type { EndpointState } from "./endpoint-state";
import { takeFresh, type FreshEvents } from "./fresh-events";
import { closeDelivery, freeSlot, type Lanes, type OpenDelivery } from "./lanes";
import type { Answered, Outcomes } from "./outcomes";
import { send } from "./send";
import type { SendDepsOn } from "./send-deps";
import { leaveOpen } from "./settle-attempt";
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

/** Makes one attempt of a delivery that was taken from its lane, and passes its outcome on to be written. Never throws. */
export async function tryDelivery(deps: Deps, delivery: OpenDelivery): Promise<void> {
  try {
    const answered = await attemptOf(deps, delivery);
    if (answered) passOn(deps, answered);
  } catch (cause) {
    // Only our own failure gets here, such as a missing key: the delivery stays open and is tried again.
    leaveOpen(deps, delivery, cause);
  }
}

/** The attempt with its answer. Undefined where the delivery is gone: its lane is then already advanced. */
async function attemptOf(deps: Deps, delivery: OpenDelivery): Promise<Answered | undefined> {
  const { sql, lanes, state, config } = deps;
  const stored = config && storedFor(deps, delivery);
  if (!config || !stored) {
    closeDelivery(lanes, delivery);
    attemptWasted(state.breaker);
    return undefined;
  }
  // A test that is sent again is still a test.
  const test = delivery.stream === TEST_STREAM;
  const context = await deps.sendDeps.contextFor(config, state.mayHaveGaps ? gapBefore(sql, delivery) : null, test);
  return { delivery, stored, result: await send(delivery, stored, context) };
}

function passOn({ lanes, outcomes, unwritten, settle }: Deps, answered: Answered): void {
  const { delivery, result } = answered;
  const { entry } = result.outcome;
  unwritten.answered(entry.endedAt - entry.startedAt);
  if (result.verdict === "delivered") {
    freeSlot(lanes, delivery);
    outcomes.add(answered, lanes.busy === 0);
    return;
  }
  // A failure may open the circuit or disable the endpoint. Nothing more is sent before that is written.
  outcomes.flush();
  unwritten.write(delivery);
  settle(answered);
}

function storedFor({ sql, fresh, unwritten }: Deps, delivery: OpenDelivery): StoredDelivery | undefined {
  const kept = unwritten.get(delivery);
  return kept ? storedOf(kept) : (takeFresh(fresh, delivery) ?? readForAttempt(sql, delivery, delivery.attempts));
}
