import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../../src/lib/time";
import { nextTry } from "../../../src/recordings/schedule";

const calm = () => 0;
const delayAfter = (attempts: number, retryAfter: number | null = null, random = calm) =>
  (nextTry({ attempts, giveUpAt: DAY }, retryAfter, 0, random) ?? Number.NaN) / SECOND;

describe("the retry schedule", () => {
  it("asks soon at first and each half hour in the end", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 40].map((attempts) => delayAfter(attempts))).toEqual([
      5, 15, 60, 300, 900, 1800, 1800, 1800,
    ]);
  });

  it("adds up to a tenth of jitter and never takes any away", () => {
    expect(delayAfter(3, null, () => 0.999)).toBeCloseTo(66, 0);
  });

  it("lets a server lengthen the wait, to an hour at most, and never shorten it", () => {
    expect(delayAfter(1, 2 * MINUTE)).toBe(120);
    expect(delayAfter(5, SECOND)).toBe(900);
    expect(delayAfter(1, 3 * DAY)).toBe(HOUR / SECOND);
  });

  it("gives up rather than try after the deadline", () => {
    expect(nextTry({ attempts: 9, giveUpAt: DAY }, null, DAY - 31 * MINUTE, calm)).toBe(DAY - MINUTE);
    expect(nextTry({ attempts: 9, giveUpAt: DAY }, null, DAY - 29 * MINUTE, calm)).toBeNull();
  });

  it("fits about fifty tries into a day", () => {
    let now = 0;
    let tries = 0;
    for (let due: number | null = 0; due !== null; due = nextTry({ attempts: tries, giveUpAt: DAY }, null, now, calm)) {
      now = due;
      tries += 1;
    }
    expect(tries).toBe(53);
  });
});
