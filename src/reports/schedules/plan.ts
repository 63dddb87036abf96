import { DAY, HOUR, MINUTE } from "../../lib/time";
import { dayOf, momentOf } from "../../lib/zone";

/** When a report is sent: each day, on a day of the week (1 is Monday), or on the first of the month. */
export type Plan = { every: "day" | "week" | "month"; weekday: number; hour: number; zone: string };

/** One sending: when, and the days since 1970 that it is of; `until` is not included. */
export type Sending = { dueAt: number; from: number; until: number };

/** Roll-ups follow what happened within a quarter of an hour; days of reports end in UTC. */
const SETTLED = 20 * MINUTE;

/** Two months and a day: from any moment, one of each plan is before it and one after. */
const LOOKED_THROUGH = 63;

/** The first sending after a moment. */
export function nextSending(plan: Plan, after: number): Sending {
  const first = dayOf(after, plan.zone) / DAY - 1;
  for (let at = 0; at < LOOKED_THROUGH; at += 1) {
    const sending = sendingOn(plan, first + at);
    if (sending && sending.dueAt > after) return sending;
  }
  throw new Error("a plan has a sending in two months");
}

/** The last sending that was due by a moment: the one that is sent where several were missed, or one is wanted at once. */
export function lastSending(plan: Plan, by: number): Sending {
  const last = dayOf(by, plan.zone) / DAY + 1;
  for (let at = 0; at < LOOKED_THROUGH; at += 1) {
    const sending = sendingOn(plan, last - at);
    if (sending && sending.dueAt <= by) return sending;
  }
  throw new Error("a plan has a sending in two months");
}

/**
 * The sending of a local day, where there is one: of the day, the seven days or the month before it. At its hour, which
 * on the day of a change of the clock may be the one after; and not before its last day is over in UTC, and counted.
 */
function sendingOn({ every, weekday, hour, zone }: Plan, day: number): Sending | undefined {
  const date = new Date(day * DAY);
  if (every === "week" && (date.getUTCDay() + 6) % 7 !== weekday - 1) return undefined;
  if (every === "month" && date.getUTCDate() !== 1) return undefined;
  const from =
    every === "month"
      ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1) / DAY
      : day - (every === "week" ? 7 : 1);
  const clock = momentOf(day * DAY, `${String(hour).padStart(2, "0")}:00`, zone);
  return { dueAt: Math.max(clock, day * DAY + SETTLED), from, until: day };
}

/** The hours of a day that a plan may name. */
export const LAST_HOUR = DAY / HOUR - 1;
