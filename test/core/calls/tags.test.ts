import { assert, property, string } from "fast-check";
import { describe, it } from "vitest";
import { changedTags, MAX_TAG_LENGTH, normalizeTag } from "../../../src/calls/tags";

describe("a tag", () => {
  it.for([
    ["VIP", "vip"],
    ["  two \t words\n", "two words"],
    ["Renovacio\u0301n", "renovaci\u00f3n"],
    ["İ", "i\u0307"],
    ["مكالمة", "مكالمة"],
    ["👩‍👩‍👧", "👩‍👩‍👧"],
  ])("%j is stored as %j", ([text, tag], { expect }) => {
    expect(normalizeTag(text!)).toBe(tag);
  });

  it.for([[""], ["   "], ["a,b"], ["a\u0000b"], ["a\u202eb"], ["\ud800"], ["x".repeat(MAX_TAG_LENGTH + 1)]])(
    "%j is none",
    ([text], { expect }) => {
      expect(normalizeTag(text!)).toBeUndefined();
    },
  );

  it("normalized again is as it was", ({ expect }) => {
    assert(
      property(string({ unit: "grapheme", maxLength: 30 }), (text) => {
        const tag = normalizeTag(text);
        if (tag !== undefined) expect(normalizeTag(tag)).toBe(tag);
      }),
    );
  });
});

describe("a change of tags", () => {
  it("adds, removes, and keeps the order", ({ expect }) => {
    expect(changedTags(["a", "c"], { add: ["d", "b"], remove: ["c", "x"] })).toEqual(["a", "b", "d"]);
    expect(changedTags(["a", "c"], { add: ["a"], remove: ["x"] })).toEqual(["a", "c"]);
    expect(changedTags(["a"], { add: ["a"], remove: ["a"] })).toEqual(["a"]);
  });
});
