import { expect, it } from "vitest";
import { toE164 } from "../../../src/platforms/reading/phone-number";

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
  ["tel:+5491167950079", "+5491167950079"],
  ["sip:+5491167950079@trunk.example.test", null],
  ["client:ann", null],
  ["anonymous", null],
  // ANONYMOUS, RESTRICTED, UNKNOWN and UNAVAILABLE on a keypad: what is sent for a caller who hides the number.
  ["+266696687", null],
  ["+7378742833", null],
  ["+8656696", null],
  ["+86282452253", null],
  ["200", null],
  ["", null],
  [null, null],
])("toE164(%j) is %j", (raw, expected) => {
  expect(toE164(raw)).toBe(expected);
});

// Numbers of the ranges that regulators set aside, or of no one; the first two columns are what a phone system wrote.
it.each([
  // Argentina: area codes, the 15 of mobiles, which is a 9 abroad.
  ["11 4000-0100", "AR", "+541140000100"],
  ["011 4000-0100", "AR", "+541140000100"],
  ["011 15-4000-0100", "AR", "+5491140000100"],
  ["9 11 4000 0100", "AR", "+5491140000100"],
  ["5491140000100", "AR", "+5491140000100"],
  ["005491140000100", "AR", "+5491140000100"],
  ["00 34 912 000 100", "AR", "+34912000100"],
  ["0800 222 0100", "AR", "+548002220100"],
  // Australia: trunk zero, 13 numbers, 0011 abroad, and 00 as phone systems write it.
  ["(02) 5550 1234", "AU", "+61255501234"],
  ["0491 570 156", "AU", "+61491570156"],
  ["1300 975 707", "AU", "+611300975707"],
  ["0011 64 9 555 0123", "AU", "+6495550123"],
  ["0061 2 5550 1234", "AU", "+61255501234"],
  ["0044 20 7946 0958", "AU", "+442079460958"],
  // United States.
  ["(415) 555-0123", "US", "+14155550123"],
  ["1-415-555-0123", "US", "+14155550123"],
  ["415.555.0123 x200", "US", "+14155550123"],
  ["415 555 0123 ext. 200", "US", "+14155550123"],
  ["415-555-0123;ext=200", "US", "+14155550123"],
  ["011 44 20 7946 0958", "US", "+442079460958"],
  ["0044 20 7946 0958", "US", "+442079460958"],
  ["tel:4155550123", "US", "+14155550123"],
  // Spain: no trunk prefix.
  ["612 345 678", "ES", "+34612345678"],
  ["0034 912 000 100", "ES", "+34912000100"],
  ["34912000100", "ES", "+34912000100"],
  // Brazil: trunk zero, and a carrier that may be named behind it or behind 00.
  ["(11) 91234-5678", "BR", "+5511912345678"],
  ["011 91234-5678", "BR", "+5511912345678"],
  ["0 15 11 91234-5678", "BR", "+5511912345678"],
  ["0055 11 91234-5678", "BR", "+5511912345678"],
  ["0015 1 415 555 0123", "BR", "+14155550123"],
  // Colombia: the same, and its own code begins like a carrier's.
  ["0057 300 123 4567", "CO", "+573001234567"],
  // Italy keeps the zero.
  ["06 1234 5678", "IT", "+390612345678"],
  // A number that names its country is not asked for it.
  ["+34 912 000 100", "AR", "+34912000100"],
])("toE164(%j, %j) is %j", (raw, country, expected) => {
  expect(toE164(raw, country)).toBe(expected);
});

it.each([
  "200",
  "1001",
  "911",
  "*611",
  "#31#1140000100",
  "4000-0100",
  "0",
  "00",
  "0000000000",
  "123456789012345678",
  "1-800-FLOWERS",
  "anonymous",
  "Agent 1140000100",
  "sip:1140000100@pbx.example",
  "550e8400-e29b-41d4-a716-446655440000",
  "1140000100, 1140000101",
  "1140000100 / 1140000101",
  "+1 (415) 555-0123 x3",
  "1140000100".padEnd(101, " "),
])("what is no number of Argentina is unknown: %j", (raw) => {
  expect(toE164(raw, "AR")).toBeNull();
});

it("knows nothing of a country that is none", () => {
  for (const country of ["", "XX", "ar", "ARG", "__proto__"]) expect(toE164("1140000100", country)).toBeNull();
});
