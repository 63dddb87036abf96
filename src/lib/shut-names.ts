import { addNewest } from "./newest";
import { MINUTE, SECOND } from "./time";

const CAPACITY = 1_000;
/** The interval, in milliseconds, at which one request passes where unknown senders share a name. */
const TRICKLE = SECOND;

/** Names that are refused for the rest of a minute: bounded state of one isolate. */
export type ShutNames = {
  /** Whether no name is refused, so that callers need not build one. */
  isEmpty(): boolean;
  /** Until when (milliseconds) a name is refused; undefined when it is not. */
  until(name: string, now: number): number | undefined;
  /** The same, except that one request a second passes: a new sender may share the address with unknown ones. */
  untilBut(name: string, now: number): number | undefined;
  /** Refuses the name until the minute is over. */
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
      addNewest(names, name, { until: (Math.floor(now / MINUTE) + 1) * MINUTE, next: now }, CAPACITY);
    },
  };
}
