import { MINUTE, SECOND } from "./time";

const CAPACITY = 1_000;
/** One request in this time is let through where strangers may be mistaken for somebody else. */
const TRICKLE = SECOND;

/** Names that are turned away for the rest of a minute: a bounded memory of one isolate. */
export type ShutNames = {
  /** Whether nobody is shut out, so that no name need be made. */
  isEmpty(): boolean;
  /** Until when (milliseconds) a name is turned away; undefined where it is not. */
  until(name: string, now: number): number | undefined;
  /** The same, but one request a second is let through: among the strangers at an address may be somebody new. */
  untilBut(name: string, now: number): number | undefined;
  /** Turns the name away until the minute is over. */
  shut(name: string, now: number): void;
};

export function shutNames(): ShutNames {
  const names = new Map<string, { until: number; next: number }>();

  function find(name: string, now: number) {
    const entry = names.get(name);
    if (!entry || entry.until > now) return entry;
    names.delete(name);
    return undefined;
  }

  return {
    isEmpty: () => names.size === 0,
    until: (name, now) => find(name, now)?.until,
    untilBut: (name, now) => {
      const entry = find(name, now);
      if (!entry || entry.next > now) return entry?.until;
      entry.next = now + TRICKLE;
      return undefined;
    },
    shut: (name, now) => {
      if (find(name, now)) return;
      for (const [other, { until }] of names) if (until <= now) names.delete(other);
      const oldest = names.size >= CAPACITY ? names.keys().next().value : undefined;
      if (oldest !== undefined) names.delete(oldest);
      names.set(name, { until: (Math.floor(now / MINUTE) + 1) * MINUTE, next: now });
    },
  };
}
