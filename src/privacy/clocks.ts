import { DAY, HOUR } from "../lib/time";

/** What runs out of a call by itself, each by a clock of its own. `metadata` is the call, with all that is left of it. */
export const CLOCKS = ["audio", "transcript", "findings", "inbound", "events", "metadata"] as const;
export type Clock = (typeof CLOCKS)[number];

/** In whole days. Null: it does not run out by itself; absent: as the organization has it. */
export type Clocks = Partial<Record<Clock, number | null>>;

/** A hundred years. */
export const MOST_DAYS = 36_500;

/** The clocks of a campaign: its own, and of those it has none, the organization's. */
export function clocksOf(organization: Clocks, own: Clocks | undefined): Record<Clock, number | null> {
  const all = CLOCKS.map((clock) => [clock, own?.[clock] === undefined ? (organization[clock] ?? null) : own[clock]]);
  return Object.fromEntries(all) as Record<Clock, number | null>;
}

/** What runs out does so in the night: from three o'clock on, UTC. Somebody who was wrong has until then. */
const NIGHT = 3 * HOUR;

/** When the next night begins, in milliseconds: what has run out by then goes. */
export function nextNight(now: number): number {
  const today = Math.floor(now / DAY) * DAY + NIGHT;
  return now < today ? today : today + DAY;
}
