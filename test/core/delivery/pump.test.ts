import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newBreaker } from "../../../src/delivery/object/breaker";
import { addDelivery, closeDelivery, newLanes, type OpenDelivery } from "../../../src/delivery/object/lanes";
import { newPump, type PumpDeps } from "../../../src/delivery/object/pump";
import { newRateLimit, type RateLimit } from "../../../src/delivery/object/rate-limit";
import { MINUTE } from "../../../src/lib/time";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const delivery = (stream: string, change: Partial<OpenDelivery> = {}): OpenDelivery => ({
  stream,
  seq: 1,
  replay: 0,
  attempts: 0,
  dueAt: Date.now(),
  held: false,
  ...change,
});

/** A pump over lanes of its own; what is named `hung` never ends, everything else is delivered at once. */
function newStand(limit?: RateLimit, ensureAlarm: PumpDeps["ensureAlarm"] = async () => undefined) {
  const lanes = newLanes("call");
  const breaker = newBreaker(null, Date.now());
  const sent: string[] = [];
  const alarms: number[] = [];
  const noted = async (at: number) => {
    alarms.push(at);
    await ensureAlarm(at);
  };
  const pump = newPump({
    lanes: () => lanes,
    breaker: () => breaker,
    limits: () => ({ all: limit, replays: undefined }),
    slots: () => 6,
    send: async (one) => {
      sent.push(one.stream);
      if (one.stream === "hung") await new Promise(() => undefined);
      closeDelivery(lanes, one);
    },
    ensureAlarm: noted,
    ensureLease: noted,
    mayRun: () => true,
    now: () => Date.now(),
  });
  return { lanes, pump, sent, alarms };
}

describe("the pump", () => {
  it("that has run for long does not wait for a hung request before others go on", async () => {
    const { lanes, pump, sent, alarms } = newStand();
    addDelivery(lanes, delivery("hung"));
    void pump.wake();
    await vi.advanceTimersByTimeAsync(11 * MINUTE);
    void pump.wake();
    await vi.advanceTimersByTimeAsync(10);
    // It has left and asked to be called again; that call comes.
    expect(alarms.at(-1)).toBeLessThanOrEqual(Date.now());
    addDelivery(lanes, delivery("other"));
    void pump.wake();
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toEqual(["hung", "other"]);
  });

  it("does not leave for a later alarm when something came in that only the rate limit holds up", async () => {
    let arrived = false;
    const limit = newRateLimit(2, Date.now());
    const { lanes, pump, sent } = newStand(limit, async () => {
      if (arrived) return;
      arrived = true;
      addDelivery(lanes, delivery("new"));
      void pump.wake();
    });
    addDelivery(lanes, delivery("later", { dueAt: Date.now() + 5 * MINUTE, attempts: 1 }));
    void pump.wake();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual(["new"]);
  });
});
