import type { EndpointConfig } from "../contract";
import { attemptEnded, attemptWasted } from "./breaker";
import type { EndpointState } from "./endpoint-state";
import { takeFresh, type FreshEvents } from "./fresh-events";
import { closeDelivery, putBack, type Lanes, type OpenDelivery } from "./lanes";
import type { Answered } from "./outcomes";
import { LEASE } from "./pump";
import { send } from "./send";
import type { SendDepsOn } from "./send-deps";
import { gapBefore, readForAttempt, TEST_STREAM } from "./storage";

type Deps = {
  sql: SqlStorage;
  lanes: Lanes;
  state: EndpointState;
  fresh: FreshEvents;
  sendDeps: SendDepsOn;
  config: EndpointConfig | undefined;
};

/**
 * Makes one attempt of a delivery that was taken from its lane. Undefined where there is no outcome: the delivery is
 * gone, or the failure is ours. Its lane is then already advanced.
 */
export async function tryDelivery(deps: Deps, delivery: OpenDelivery): Promise<Answered | undefined> {
  const { sql, lanes, state, config } = deps;
  const stored = config && (takeFresh(deps.fresh, delivery) ?? readForAttempt(sql, delivery, delivery.attempts));
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
