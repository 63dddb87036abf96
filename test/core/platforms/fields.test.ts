import { describe, expect, it } from "vitest";
import {
  firstLink,
  firstOf,
  firstText,
  readFineMoment,
  readMoment,
  readSeconds,
} from "../../../src/platforms/reading/fields";
import { fieldsOf, type Fields } from "../../../src/platforms/reading/json-object";

const ZONE = "America/Argentina/Buenos_Aires";

function fields(value: Record<string, unknown>): Fields {
  return fieldsOf(value)!;
}

describe("readFineMoment", () => {
  it.each([
    [1744356337.9487917, { at: 1_744_356_337_948, finer: "7917" }],
    ["1744356337.948791", { at: 1_744_356_337_948, finer: "791" }],
    // As a product of fractions this would be a millisecond less.
    [1729771203.0010002, { at: 1_729_771_203_001, finer: "0002" }],
    [1744356337.5, { at: 1_744_356_337_500 }],
    [1744356338, { at: 1_744_356_338_000 }],
    ["2024-10-24T12:00:00.123456Z", { at: Date.UTC(2024, 9, 24, 12, 0, 0, 123), finer: "456" }],
    ["2024-10-24T12:00:00.123Z", { at: Date.UTC(2024, 9, 24, 12, 0, 0, 123) }],
    [1744356337948791, { at: 1_744_356_337_948, finer: "791" }],
    ["1744356337948791500", { at: 1_744_356_337_948, finer: "791500" }],
    ["yesterday", null],
    [null, null],
  ])("reads %j with what is finer than a millisecond", (value, expected) => {
    expect(readFineMoment(value, "UTC")).toEqual(expected);
  });
});

describe("readMoment", () => {
  it.each([
    // ISO text and clock text: the zone counts where none is written.
    ["2026-02-10T13:30:45Z", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10T10:30:45-03:00", "2026-02-10T13:30:45.000Z"],
    ["2026-02-10 10:30:45", "2026-02-10T13:30:45.000Z"],
    ["10/02/2026 10:30:45", "2026-02-10T13:30:45.000Z"],
    // The epoch: in seconds, with a fraction, in milliseconds, as number or text.
    [1_770_730_245, "2026-02-10T13:30:45.000Z"],
    ["1770730245", "2026-02-10T13:30:45.000Z"],
    [1_770_730_245.25, "2026-02-10T13:30:45.250Z"],
    ["1770730245.25", "2026-02-10T13:30:45.250Z"],
    [1_770_730_245_250, "2026-02-10T13:30:45.250Z"],
    ["1770730245250", "2026-02-10T13:30:45.250Z"],
    [" 1770730245 ", "2026-02-10T13:30:45.000Z"],
    [1_770_730_245_123_456, "2026-02-10T13:30:45.123Z"],
    ["1770730245123456", "2026-02-10T13:30:45.123Z"],
    ["1770730245123456789", "2026-02-10T13:30:45.123Z"],
    ["20260210103045", "2026-02-10T13:30:45.000Z"],
    ["/Date(1770730245000)/", "2026-02-10T13:30:45.000Z"],
    // The least number that is milliseconds, and the last second that is not.
    [100_000_000_000, "1973-03-03T09:46:40.000Z"],
    [32_503_679_999, "2999-12-31T23:59:59.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
  ])("reads %j as %s", (value, expected) => {
    expect(new Date(readMoment(value, ZONE) ?? NaN).toISOString()).toBe(expected);
  });

  it.each([
    null,
    undefined,
    "",
    " ",
    true,
    {},
    [],
    [1_770_730_245],
    NaN,
    Infinity,
    -1,
    "-1770730245",
    "+1770730245",
    1e300,
    "1e9",
    "0x10",
    "1770730245Z",
    "9999999999999999",
    "99999999999999999999",
    32_503_680_000,
    32_503_680_000_000,
    "2026-02-30 10:30:45",
    "2026-13-01 10:30:45",
    "2026-02-10 25:30:45",
    "10:30:45",
    "yesterday",
    "{{ dialtime }}",
  ])("takes %j for no moment", (value) => {
    expect(readMoment(value, ZONE)).toBeNull();
  });

  it("gives whole milliseconds that a date can hold, whatever it is given", () => {
    for (const value of [1_770_730_245.123_456, "1770730245.999999999", "2026-02-10T13:30:45.3502036Z"]) {
      const moment = readMoment(value, ZONE);
      expect(Number.isInteger(moment)).toBe(true);
    }
  });
});

describe("readSeconds", () => {
  it.each([
    [125, 1, 125],
    ["125", 1, 125],
    ["120.0", 1, 120],
    ["1,5", 1, 1.5],
    [0, 1, 0],
    ["0", 1, 0],
    [125_500, 1_000, 125.5],
    ["125500", 1_000, 125.5],
    [125_000_000, 1_000_000, 125],
    // With every digit of a double, as languages print what they have computed.
    [8951.029999999999, 1_000, 8.951029999999999],
    ["305.57000000000005", 1, 305.57000000000005],
    [1e-7, 1, 1e-7],
    [2_592_000, 1, 2_592_000],
  ])("reads %j at %d to the second as %d", (value, perSecond, expected) => {
    expect(readSeconds(value, perSecond)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    "",
    -1,
    "-5",
    "00:02:05",
    "2m",
    NaN,
    Infinity,
    1e300,
    2_592_001,
    "9".repeat(16),
    true,
    {},
    [5],
  ])("takes %j for no length of time", (value) => {
    expect(readSeconds(value)).toBeNull();
  });
});

describe("looking fields up", () => {
  const data = fields({
    empty: "",
    nothing: null,
    zero: 0,
    no: false,
    text: " Ann ",
    nested: { inner: { name: "deep" }, list: [1] },
    "dotted.name": "flat",
    __proto__: { polluted: "x" },
  });

  it("gives the first that holds something, and zero and false hold something", () => {
    expect(firstOf(data, ["missing", "empty", "nothing", "zero", "text"])).toBe(0);
    expect(firstOf(data, ["empty", "no", "text"])).toBe(false);
    expect(firstOf(data, ["missing", "empty"])).toBeUndefined();
  });

  it("looks into objects, and into nothing else", () => {
    expect(firstText(data, ["nested.inner.name"])).toBe("deep");
    for (const name of [
      "nested.list.0",
      "text.length",
      "nested.missing.name",
      "nested.",
      ".nested",
      "constructor.name",
    ])
      expect([name, firstText(data, [name])]).toEqual([name, null]);
  });

  it("trims text, cuts it to size, and takes no object for text", () => {
    expect(firstText(data, ["nested", "text"])).toBe("Ann");
    expect(firstText(data, ["text"], 2)).toBe("An");
    expect(firstText(data, ["zero"])).toBe("0");
  });

  it("drops a link that is too long instead of cutting it", () => {
    const link = (length: number) => fields({ url: "https://pbx.example/".padEnd(length, "a") });
    expect(firstLink(link(4_000), ["url"])).toHaveLength(4_000);
    expect(firstLink(link(4_001), ["url"])).toBeNull();
    expect(firstLink(fields({ url: "" }), ["url"])).toBeNull();
  });
});
