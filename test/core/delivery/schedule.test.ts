import { describe, expect, it } from "vitest";
import { nextAttemptAt, STANDARD_POLICY } from "../../../src/delivery/object/schedule";

const NOW = 1_000_000;
const policy = { waits: [1_000, 10_000], jitter: 0.2, timeout: 1 };

describe("the retry schedule", () => {
  it("waits the step's length, give or take the jitter", () => {
    expect(nextAttemptAt(policy, 1, NOW, () => 0.5)).toBe(NOW + 1_000);
    expect(nextAttemptAt(policy, 2, NOW, () => 0)).toBe(NOW + 8_000);
    expect(nextAttemptAt(policy, 2, NOW, () => 1)).toBe(NOW + 12_000);
  });

  it("is spent after one attempt more than it has waits", () => {
    expect(nextAttemptAt(policy, 3, NOW, () => 0.5)).toBeUndefined();
    expect(STANDARD_POLICY.waits).toHaveLength(9);
  });

  it("lets the subscriber stretch a wait to twice its length and never shorten it", () => {
    expect(nextAttemptAt(policy, 2, NOW, () => 0.5, 15_000)).toBe(NOW + 15_000);
    expect(nextAttemptAt(policy, 2, NOW, () => 0.5, 3_600_000)).toBe(NOW + 20_000);
    expect(nextAttemptAt(policy, 2, NOW, () => 0.5, 1)).toBe(NOW + 10_000);
  });
});
