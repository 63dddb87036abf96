import { describe, expect, it } from "vitest";
import { newId, timeOfId } from "../../src/lib/id";

describe("the time of an id", () => {
  it("is when it was made", () => {
    for (const at of [0, 1, Date.UTC(2026, 10, 29, 12), 2 ** 48 - 1]) expect(timeOfId(newId("wh", at))).toBe(at);
  });

  it("is not known of other ids", () => {
    for (const id of ["", "wh_", "wh_short", `wh_${"u".repeat(26)}`, "call_3v5g8k2m9q4t7w0y1z6x3c8b5nab"])
      expect(timeOfId(id), id).toBeNaN();
  });
});
