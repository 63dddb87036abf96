import { expect, it } from "vitest";
import { numberIn, unclear } from "../../src/dashboard/amount";
import { numberText, readNumber, type DecimalMark } from "../../src/lib/written-number";

function read(text: string, mark: DecimalMark) {
  const written = readNumber(text, mark);
  return written.kind === "number" ? written.value : written.kind;
}

it("numbers are read as pages of either language print them", () => {
  const english = { "1,000": 1000, "1,000.50": 1000.5, "1,000,000": 1_000_000, "12.5": 12.5, "$1,000.00": 1000 };
  const spanish = { "1.000": 1000, "1.000,50": 1000.5, "1.000.000": 1_000_000, "12,5": 12.5, "US$ 1.000,00": 1000 };
  for (const [text, value] of Object.entries(english)) expect(read(text, "."), text).toBe(value);
  for (const [text, value] of Object.entries(spanish)) expect(read(text, ","), text).toBe(value);
});

it("what can only be meant in the other way is read so, and what may be either is said to be", () => {
  for (const [text, value] of [
    ["0,006", 0.006],
    ["12,5", 12.5],
    ["1.000,50", 1000.5],
    ["1.000.000", 1_000_000],
  ] as const)
    expect(read(text, "."), text).toBe(value);
  for (const [text, value] of [
    ["0.006", 0.006],
    ["0.0059", 0.0059],
    ["1,000.50", 1000.5],
  ] as const)
    expect(read(text, ","), text).toBe(value);
  expect(readNumber("1.000", ".")).toEqual({ kind: "ambiguous", thousands: 1000, decimals: 1 });
  expect(readNumber("1,125", ",")).toEqual({ kind: "ambiguous", thousands: 1125, decimals: 1.125 });
});

it("what is no number written by hand is none", () => {
  for (const text of ["", "x", "1e3", "0x10", "1 000", "1,00,0", "--1", "1.", "Infinity", "1,000.5.5"])
    expect(read(text, "."), text).toBe("none");
});

it("a field holds numbers so that both languages read them as the same", () => {
  for (const value of [0, 0.006, 0.0059, 1.125, 12.5, 999.999, 1000, 1000.125, 1_000_000, -2.5])
    for (const mark of [".", ","] as const) expect(read(numberText(value), mark), `${value} ${mark}`).toBe(value);
});

it("a field of a form is read as its page's language writes numbers, and says where it may be two", () => {
  const spanish = { "1.000": 1000, "1,5": 1.5, "1.5": 1.5, "0,25": 0.25, "-3": -3, "80": 80, "1.1250": 1.125 };
  for (const [text, value] of Object.entries(spanish)) expect(numberIn(text, "es"), text).toBe(value);
  const english = { "1,000": 1000, "1,000.5": 1000.5, "1.5": 1.5, "12,5": 12.5, "1.1250": 1.125 };
  for (const [text, value] of Object.entries(english)) expect(numberIn(text, "en"), text).toBe(value);
  for (const text of ["", "abc", "1e3", "1,00,0"]) expect(numberIn(text, "es"), text).toBeNaN();
  expect([numberIn("1,125", "es"), numberIn("1.125", "en")]).toEqual([NaN, NaN]);
  expect(unclear("1,125", "es")).toBe("«1,125» puede ser miles o un decimal: escriba 1125 o 1.1250.");
  expect(unclear("1.125", "en")).toBe("“1.125” may be a thousand or a decimal: write 1125 or 1.1250.");
  expect([unclear("1.125", "es"), unclear("x", "es"), unclear("", "en")]).toEqual([undefined, undefined, undefined]);
});
