import { DAY } from "../../lib/time";

/** A day since 1970 as a date. */
export function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}
