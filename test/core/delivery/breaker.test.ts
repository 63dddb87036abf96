import { describe, expect, it } from "vitest";
import {
  attemptBegan,
  attemptEnded,
  attemptWasted,
  mayAttemptAt,
  newBreaker,
  OPENS_AFTER,
} from "../../../src/delivery/object/breaker";
import { newRateLimit, nextTokenAt, takeToken } from "../../../src/delivery/object/rate-limit";

const half = () => 0.5;

function failing(times: number) {
  const breaker = newBreaker(null, 0);
  for (let time = 0; time < times; time += 1) attemptEnded(breaker, false, 0, half);
  return breaker;
}

describe("the circuit breaker", () => {
  it("lets everything through until failures have come in a row", () => {
    const breaker = failing(OPENS_AFTER - 1);
    expect(mayAttemptAt(breaker, 5)).toBe(5);
    expect(attemptEnded(breaker, true, 5, half)).toBeNull();
    expect(breaker.failures).toBe(0);
  });

  it("costs a dead endpoint one try per probe, further and further apart", () => {
    const breaker = failing(OPENS_AFTER - 1);
    expect(attemptEnded(breaker, false, 0, half)).toBe("opened");
    const waits: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 8; probe += 1) {
      const at = mayAttemptAt(breaker, now);
      waits.push(at - now);
      now = at;
      attemptBegan(breaker);
      expect(mayAttemptAt(breaker, now)).toBe(Infinity);
      expect(attemptEnded(breaker, false, now, half)).toBeNull();
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900].map((seconds) => seconds * 1000));
  });

  it("is not put off by failures that were under way when the circuit opened", () => {
    const breaker = failing(OPENS_AFTER);
    for (let late = 0; late < 5; late += 1) expect(attemptEnded(breaker, false, 100, half)).toBeNull();
    expect(mayAttemptAt(breaker, 100)).toBe(30_000);
  });

  it("sends another probe in place of one without a result", () => {
    const breaker = failing(OPENS_AFTER);
    attemptBegan(breaker);
    attemptWasted(breaker);
    expect(mayAttemptAt(breaker, 30_000)).toBe(30_000);
  });

  it("closes with the first probe that succeeds", () => {
    const breaker = failing(OPENS_AFTER);
    attemptBegan(breaker);
    expect(attemptEnded(breaker, true, 40_000, half)).toBe("closed");
    expect(mayAttemptAt(breaker, 40_000)).toBe(40_000);
  });

  it("begins with a probe when its object was lost while the endpoint failed", () => {
    const breaker = newBreaker(1, 1_000);
    expect(mayAttemptAt(breaker, 1_000)).toBe(1_000);
    attemptBegan(breaker);
    expect(mayAttemptAt(breaker, 1_000)).toBe(Infinity);
  });
});

describe("the rate limit", () => {
  it("lets through no more than its rate over any stretch, from the very start", () => {
    for (const perSecond of [0.2, 1, 5, 50]) {
      const limit = newRateLimit(perSecond, 0);
      const sent: number[] = [];
      for (let now = 0; now < 60_000; now += 7) {
        while (nextTokenAt(limit, now) <= now) {
          takeToken(limit, now);
          sent.push(now);
        }
      }
      expect(sent.length).toBeLessThanOrEqual(perSecond * 60);
      expect(sent.length).toBeGreaterThan(perSecond * 60 * 0.9 - 2);
      for (const start of sent) {
        const within = sent.filter((at) => at >= start && at < start + 1_000).length;
        expect(within).toBeLessThanOrEqual(Math.max(1, perSecond) * 2);
      }
    }
  });

  it("says when the next one may go, and that is never too early", () => {
    const limit = newRateLimit(3, 0);
    const at = nextTokenAt(limit, 0);
    expect(at).toBe(334);
    expect(nextTokenAt(limit, at)).toBe(at);
  });
});
