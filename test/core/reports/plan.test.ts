import { describe, expect, it } from "vitest";
import { DAY } from "../../../src/lib/time";
import { lastSending, nextSending, type Plan } from "../../../src/reports/schedules/plan";

const at = (text: string) => Date.parse(text);
const iso = (moment: number) => new Date(moment).toISOString().slice(0, 16);
const dateOf = (day: number) => iso(day * DAY).slice(0, 10);
const shown = ({ dueAt, from, until }: ReturnType<typeof nextSending>) =>
  `${iso(dueAt)} ${dateOf(from)} ${dateOf(until)}`;

const BUENOS_AIRES: Plan = { every: "day", weekday: 1, hour: 8, zone: "America/Argentina/Buenos_Aires" };

describe("when a report is sent", () => {
  it("is at its hour in its zone, and of the day, the week or the month before", () => {
    const now = at("2026-08-20T15:00:00Z");
    expect(shown(nextSending(BUENOS_AIRES, now))).toBe("2026-08-21T11:00 2026-08-20 2026-08-21");
    expect(shown(lastSending(BUENOS_AIRES, now))).toBe("2026-08-20T11:00 2026-08-19 2026-08-20");
    const weekly: Plan = { ...BUENOS_AIRES, every: "week", weekday: 5 };
    expect(shown(nextSending(weekly, now))).toBe("2026-08-21T11:00 2026-08-14 2026-08-21");
    expect(shown(lastSending(weekly, now))).toBe("2026-08-14T11:00 2026-08-07 2026-08-14");
    const monthly: Plan = { ...BUENOS_AIRES, every: "month" };
    expect(shown(nextSending(monthly, now))).toBe("2026-09-01T11:00 2026-08-01 2026-09-01");
    expect(shown(lastSending(monthly, at("2026-03-01T10:59:59Z")))).toBe("2026-02-01T11:00 2026-01-01 2026-02-01");
  });

  it("is not before the last day is over in UTC and counted, in zones that are ahead of it", () => {
    const tokyo: Plan = { ...BUENOS_AIRES, zone: "Asia/Tokyo" };
    // Eight in the morning of the 21st in Tokyo is 23:00 of the 20th in UTC.
    expect(shown(nextSending(tokyo, at("2026-08-20T15:00:00Z")))).toBe("2026-08-21T00:20 2026-08-20 2026-08-21");
    const late: Plan = { ...BUENOS_AIRES, hour: 22 };
    expect(shown(nextSending(late, at("2026-08-20T15:00:00Z")))).toBe("2026-08-21T01:00 2026-08-19 2026-08-20");
  });

  it("keeps its hour when the clock is changed, also the hour that is left out or comes twice", () => {
    const madrid: Plan = { ...BUENOS_AIRES, hour: 8, zone: "Europe/Madrid" };
    expect(iso(nextSending(madrid, at("2026-03-28T12:00:00Z")).dueAt)).toBe("2026-03-29T06:00");
    expect(iso(nextSending(madrid, at("2026-03-27T12:00:00Z")).dueAt)).toBe("2026-03-28T07:00");
    expect(iso(nextSending(madrid, at("2026-10-24T12:00:00Z")).dueAt)).toBe("2026-10-25T07:00");
    // 02:30 of 29 March does not exist there; 02:00 to 03:00 of 25 October is twice.
    for (const day of ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z"]) {
      const odd: Plan = { ...madrid, hour: 2 };
      const first = nextSending(odd, at(day));
      const second = nextSending(odd, first.dueAt);
      expect(second.from - first.from).toBe(1);
    }
  });

  it("is one for each period over two years, in any zone, and the last one is the one before the next", () => {
    for (const zone of ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"])
      for (const every of ["day", "week", "month"] as const)
        for (const hour of [0, 2, 23]) {
          const plan: Plan = { every, weekday: 3, hour, zone };
          let before = nextSending(plan, at("2026-01-01T00:00:00Z"));
          while (before.dueAt < at("2027-12-01T00:00:00Z")) {
            const next = nextSending(plan, before.dueAt);
            expect(next.from).toBe(before.until);
            expect(next.dueAt).toBeGreaterThan(next.until * DAY);
            expect(lastSending(plan, next.dueAt - 1)).toEqual(before);
            expect(lastSending(plan, next.dueAt)).toEqual(next);
            before = next;
          }
        }
  });
});
