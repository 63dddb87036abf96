import { expect, it } from "vitest";
import { toE164 } from "../../../src/sources/phone-number";

it.each([
  ["+5491167950079", "+5491167950079"],
  ["+54 9 11 6795-0079", "+5491167950079"],
  ["+1 (555) 123.0001", "+15551230001"],
  ["1167950079", null],
  ["005491167950079", null],
  ["+0123456789", null],
  ["+123", null],
  ["+1234567890123456", null],
  ["+54 11 CALL", null],
  ["anonymous", null],
  ["200", null],
  ["", null],
  [null, null],
])("toE164(%j) is %j", (raw, expected) => {
  expect(toE164(raw)).toBe(expected);
});
