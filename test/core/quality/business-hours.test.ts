import { describe, expect, it } from "vitest";
import type { BusinessHours } from "../../../src/db/schema";
import { HOUR, SECOND } from "../../../src/lib/time";
import { isTimeZone, momentOf } from "../../../src/lib/zone";
import { deadlineOf, latestStart } from "../../../src/quality/service-levels/hours";

const at = (text: string) => Date.parse(text);
const iso = (moment: number) => new Date(moment).toISOString();
const nine: readonly (readonly [string, string])[] = [["09:00", "18:00"]];

const ARGENTINA: BusinessHours = {
  timeZone: "America/Argentina/Buenos_Aires",
  days: [nine, nine, nine, nine, [["09:00", "13:00"]], [], []],
  holidays: ["2026-12-25"],
};
/** Its clocks change on 25 October and 29 March. */
const BERLIN: BusinessHours = {
  timeZone: "Europe/Berlin",
  days: [nine, nine, nine, nine, nine, nine, nine],
  holidays: [],
};
const SPLIT: BusinessHours = {
  timeZone: "UTC",
  days: Array.from(
    { length: 7 },
    () =>
      [
        ["00:00", "06:00"],
        ["22:00", "24:00"],
      ] as const,
  ),
  holidays: [],
};

describe("deadlineOf", () => {
  it.each([
    ["within a day", "2026-11-30T15:00:00Z", 2, "2026-11-30T17:00:00.000Z"],
    ["over the night", "2026-11-30T20:00:00Z", 2, "2026-12-01T13:00:00.000Z"],
    ["before work begins", "2026-11-30T05:00:00Z", 1, "2026-11-30T13:00:00.000Z"],
    ["to the very end of the day", "2026-11-30T12:00:00Z", 9, "2026-11-30T21:00:00.000Z"],
    ["over the weekend", "2026-12-04T15:00:00Z", 2, "2026-12-07T13:00:00.000Z"],
    ["over a holiday", "2026-12-24T20:00:00Z", 2, "2026-12-28T13:00:00.000Z"],
  ])("%s", (_, start, hours, due) => {
    expect(iso(deadlineOf(at(start), hours * 3_600, ARGENTINA))).toBe(due);
  });

  it("follows the clocks of the zone where they change", () => {
    expect(iso(deadlineOf(at("2026-10-24T15:00:00Z"), 2 * 3_600, BERLIN))).toBe("2026-10-25T09:00:00.000Z");
    expect(iso(deadlineOf(at("2026-03-28T16:00:00Z"), 2 * 3_600, BERLIN))).toBe("2026-03-29T08:00:00.000Z");
  });

  it.each([
    // Put forward at two: half past two is half past three, wherever the zone is.
    ["America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30:00.000Z"],
    ["America/New_York", "2026-03-08", "01:30", "2026-03-08T06:30:00.000Z"],
    ["America/New_York", "2026-03-08", "03:30", "2026-03-08T07:30:00.000Z"],
    ["America/New_York", "2026-03-08", "09:00", "2026-03-08T13:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00.000Z"],
    ["Pacific/Auckland", "2026-09-27", "02:30", "2026-09-26T14:30:00.000Z"],
    // Put back: of two the first.
    ["America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00.000Z"],
    ["Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00.000Z"],
    ["Pacific/Auckland", "2026-04-05", "02:30", "2026-04-04T13:30:00.000Z"],
    ["America/Argentina/Buenos_Aires", "2026-03-08", "02:30", "2026-03-08T05:30:00.000Z"],
  ])("knows in %s on %s when it is %s", (zone, day, clock, moment) => {
    expect(iso(momentOf(at(`${day}T00:00:00Z`), clock, zone))).toBe(moment);
  });

  it("counts every hour where there are no business hours, and never ends where nobody works", () => {
    expect(deadlineOf(0, 60, null)).toBe(60 * SECOND);
    const nobody = { ...ARGENTINA, days: [[], [], [], [], [], [], []] };
    expect(deadlineOf(0, 60, nobody)).toBe(Infinity);
    expect(latestStart(at("2026-12-01T00:00:00Z"), 60, nobody)).toBe(-Infinity);
  });
});

it("what is over by now is what began at the latest start or before", () => {
  for (const hours of [null, ARGENTINA, BERLIN, SPLIT]) {
    for (const seconds of [60, 3_600, 40 * 3_600]) {
      for (let step = 0; step < 60; step += 1) {
        const now = at("2026-10-20T00:00:00Z") + step * 7 * HOUR + step * 61 * SECOND;
        const latest = latestStart(now, seconds, hours);
        expect(deadlineOf(latest, seconds, hours)).toBeLessThanOrEqual(now);
        expect(deadlineOf(latest + SECOND, seconds, hours)).toBeGreaterThan(
          Math.min(now, deadlineOf(latest, seconds, hours)),
        );
        for (const later of [1, 5 * HOUR, 30 * HOUR]) {
          const isOver = deadlineOf(latest + later, seconds, hours) <= now;
          expect(isOver).toBe(false);
        }
      }
    }
  }
});

it("knows time zones by their names", () => {
  expect([isTimeZone("America/Argentina/Buenos_Aires"), isTimeZone("UTC"), isTimeZone("Mars/Olympus")]).toEqual([
    true,
    true,
    false,
  ]);
});
