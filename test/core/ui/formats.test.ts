import { describe, expect, it } from "vitest";
import { formatsOf, zoneOf } from "../../../src/ui/formats";
import { describe as describeStrip } from "../../../src/ui/components/talk-strip";

const NOW = Date.UTC(2026, 10, 28, 15, 0, 0);
const MINUTE = 60_000;

describe("times", () => {
  const english = formatsOf("en", "America/Argentina/Buenos_Aires");
  const spanish = formatsOf("es", "UTC");

  it("are in the zone of the browser: the time today, the day before, the year in another", () => {
    expect(english.moment(NOW - MINUTE, NOW)).toBe("today 11:59");
    expect(spanish.moment(NOW - MINUTE, NOW)).toBe("hoy 14:59");
    expect(english.timeInList(NOW - MINUTE, NOW)).toBe("11:59");
    expect(english.timeInList(NOW - 24 * 60 * MINUTE, NOW)).toBe("Nov 27 12:00");
    expect(english.secondInList(NOW - MINUTE + 7_000, NOW)).toBe("11:59:07");
    expect(spanish.secondInList(NOW - 24 * 60 * MINUTE, NOW)).toBe("27 nov 15:00:00");
    expect(english.dayAndTime(NOW - MINUTE, NOW)).toBe("Nov 28 11:59");
    expect(english.moment(NOW - 24 * 60 * MINUTE, NOW)).toBe("Nov 27 12:00");
    expect(english.moment(NOW - 400 * 24 * 60 * MINUTE, NOW)).toMatch(/^Oct 24, 2025 12:00$/);
  });

  it("dates are those of the calendar, in every zone", () => {
    const west = formatsOf("en", "Pacific/Honolulu");
    expect([west.date("2026-11-01"), spanish.date("2026-11-01")]).toEqual(["Nov 1, 2026", "1 nov 2026"]);
    expect([west.dayOfMonth("2026-11-01"), spanish.dayOfMonth("2026-11-01")]).toEqual(["Nov 1", "1 nov"]);
    expect([west.month("2026-11-01"), spanish.month("2026-11-01")]).toEqual(["Nov 2026", "nov 2026"]);
    expect(west.date("no date")).toBe("no date");
  });

  it("are the same when asked again, each minute and day its own", () => {
    const nepal = formatsOf("en", "Asia/Kathmandu");
    const midnight = Date.UTC(2026, 10, 28, 18, 15);
    const around = [-60_001, -60_000, -1, 0, 59_999, 60_000].map((apart) => midnight + apart);
    for (let time = 0; time < 2; time += 1) {
      expect(around.map(nepal.time)).toEqual(["23:58", "23:59", "23:59", "00:00", "00:00", "00:01"]);
      const [before, after] = ["2026-11-28", "2026-11-29"];
      expect(around.map(nepal.isoDay)).toEqual([before, before, before, after, after, after]);
    }
  });

  it("relative ones round towards now, and a clock that is off shows the future", () => {
    expect(english.relative(NOW - 90_000, NOW)).toBe("1 min. ago");
    expect(english.relative(NOW + 60 * MINUTE, NOW)).toBe("in 1 hr.");
    expect(spanish.relative(NOW - 5 * MINUTE, NOW)).toBe("hace 5 min");
    expect(english.relative(NOW - 30 * 24 * 60 * MINUTE, NOW)).toBe("Oct 29, 2026");
  });

  it("an unknown zone is UTC", () => {
    expect(zoneOf("Mars/Olympus")).toBe("UTC");
    expect(zoneOf("x".repeat(1000))).toBe("UTC");
    expect(zoneOf(undefined)).toBe("UTC");
    expect([zoneOf("america/argentina/buenos_aires"), zoneOf("Mars/Olympus")]).toEqual([
      zoneOf("america/argentina/buenos_aires"),
      "UTC",
    ]);
  });
});

describe("numbers", () => {
  const { length, span, percent, number } = formatsOf("en", "UTC");

  it("lengths of calls", () => {
    expect([0, 59.6, 278, 3723].map(length)).toEqual(["0:00", "1:00", "4:38", "1:02:03"]);
  });

  it("how long steps took", () => {
    expect([6, 1420, 120_000, 5_400_000].map(span)).toEqual(["6 ms", "1.4 s", "2 min", "1.5 h"]);
  });

  it("only the whole is 100 %", () => {
    expect([1, 0.99999, 0.961, 0.5].map(percent)).toEqual(["100%", "99.99%", "96.1%", "50%"]);
    expect(number(12_408)).toBe("12,408");
  });
});

describe("the talk strip in words", () => {
  const view = { language: "en", formats: formatsOf("en", "UTC"), now: NOW, path: "/", isLocal: false } as const;

  it("names both voices, what is said at once, and silence; they add up", () => {
    const strip = { operator: [15, 15, 0, 0], customer: [0, 15, 15, 0] };
    expect(describeStrip(view, strip)).toBe("Operator 25%, customer 25%, both 25%, silence 25%");
  });

  it("does not know who speaks where one channel carries every party", () => {
    expect(describeStrip(view, { anyone: [15, 0] })).toBe("Speech 50%, silence 50%");
  });
});
