import type { Formats } from "../ui/formats";

/** The day (2026-11-28) so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The first moment of a day in the zone, found by the day that each quarter of an hour around it belongs to. */
export function startOfDay(day: string, formats: Formats): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const STEP = 900_000;
  for (let at = midnight - 15 * 3_600_000; at <= midnight + 15 * 3_600_000; at += STEP)
    if (formats.isoDay(at) >= day) return at;
  return midnight;
}
