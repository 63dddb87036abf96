import { describe, it } from "vitest";
import { dollarsFor } from "../../../src/usage/prices";
import { usageOfListenerHours } from "../../../src/usage/costs";

describe("listeners", () => {
  it("cost what the docs say: 10.50 dollars for a million hours", ({ expect }) => {
    expect(dollarsFor(usageOfListenerHours(1e6))).toBeCloseTo(10.5, 2);
  });
});
