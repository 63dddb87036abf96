import { nameOf } from "./fresh-events";
import { freshHeads, laneOf, type DeliveryKey, type Lanes } from "./lanes";
import type { NewDelivery, StoredDelivery } from "./storage";

// Where an answer is expected soon, a first attempt is made before its delivery has a row: the row is then written once,
// closed, with its outcome. Until then whoever hands the event over still has it. `enqueue` answers only when everything
// it was given is written, with an outcome or as open (docs/understand/adr/0102-first-tries-before-their-rows.md).

/**
 * How long an enqueue waits for answers at most, in milliseconds. Who hands over waits for 250 (drain-in-place.ts): the
 * rest is for the way to the object and back, and for the commit.
 */
export const ANSWERED_WITHIN = 180;

/** How long an answer is taken to need before the first one came, in milliseconds. */
const FIRST_GUESS = 30;

/** How much the newest answer counts in what is expected of the next. */
const NEWEST = 0.25;

/** A slower answer makes what is expected this many times as long at most: one among quick ones says little. */
const SLOWER_AT_ONCE = 2;

/** Characters of event data kept at once: all that a crash makes somebody hand over again. */
const MAX_CHARACTERS = 2_000_000;

/** Characters of one event: with the log of its first attempt it is bound as one value, which may be 2 MB. */
const MAX_EVENT = 200_000;

/** `refused`: the table did not take its row, and whoever brought it was told. */
type Kept = { delivery: NewDelivery; all: Promise<void>; refused: boolean; written(): void };

export type Unwritten = {
  size(): number;
  /** The delivery of this key, while it has no row. */
  get(key: DeliveryKey): NewDelivery | undefined;
  /** Keeps new deliveries. Resolves when each has a row; rejects when one could not be written. */
  keep(given: readonly NewDelivery[]): Promise<void>;
  /**
   * The same for those of these keys that are kept, and all that were given with them. What was refused is written now;
   * throws where that fails.
   */
  whenWritten(keys: readonly DeliveryKey[]): Promise<unknown>;
  /** Notes that the delivery has a row, if it is kept here. */
  wrote(key: DeliveryKey): void;
  /** Writes the delivery of this key, or all, as open. */
  write(key?: DeliveryKey): void;
  /** Forgets all of them: the endpoint is deleted. */
  drop(): void;
  /** Notes how long an answer took, in milliseconds. */
  answered(milliseconds: number): void;
  /** Whether all of these are likely to be answered before `ANSWERED_WITHIN`. They must be in no lane yet. */
  areAnsweredSoon(lanes: Lanes, given: readonly NewDelivery[], slots: number): boolean;
};

/** `insert` writes deliveries as open. */
export function newUnwritten(insert: (deliveries: readonly NewDelivery[]) => void): Unwritten {
  const kept = new Map<string, Kept>();
  let characters = 0;
  let pace = FIRST_GUESS;

  function release(name: string): Kept | undefined {
    const one = kept.get(name);
    if (!one) return undefined;
    kept.delete(name);
    characters -= one.delivery.event.data.length;
    return one;
  }

  function writeAll(names: readonly string[]): void {
    const due = names.flatMap((name) => kept.get(name) ?? []);
    if (due.length === 0) return;
    insert(due.map(({ delivery }) => delivery));
    for (const name of names) release(name)?.written();
  }

  /** These and all that were kept before: after a crash a call must not have a later event without the earlier. */
  function upTo(names: readonly string[]): string[] {
    const all = [...kept.keys()];
    return all.slice(0, Math.max(...names.map((name) => all.indexOf(name))) + 1);
  }

  return {
    size: () => kept.size,
    get: (key) => kept.get(nameOf(key))?.delivery,
    keep: (given) => {
      if (given.length === 0) return Promise.resolve();
      const { promise: all, resolve, reject } = Promise.withResolvers<void>();
      // An enqueue that fails before it waits has told its caller.
      all.catch(() => undefined);
      let left = given.length;
      const names = given.map(keyOf).map(nameOf);
      const failed = (cause: unknown) => {
        clearTimeout(timer);
        // They stay, in their lanes and here: offered again, they are written then, and nothing passes them.
        for (const name of names) {
          const one = kept.get(name);
          if (one) one.refused = true;
        }
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      };
      const timer = setTimeout(() => {
        try {
          writeAll(upTo(names));
        } catch (cause) {
          failed(cause);
        }
      }, ANSWERED_WITHIN);
      const written = () => {
        left -= 1;
        if (left > 0) return;
        // A running timer would keep the object awake.
        clearTimeout(timer);
        resolve();
      };
      for (const delivery of given) {
        kept.set(nameOf(keyOf(delivery)), { delivery, all, refused: false, written });
        characters += delivery.event.data.length;
      }
      return all;
    },
    whenWritten: (keys) => {
      const waiting = keys.flatMap((key) => kept.get(nameOf(key)) ?? []);
      if (waiting.some(({ refused }) => refused)) writeAll([...kept.keys()]);
      return Promise.all(new Set(waiting.filter(({ refused }) => !refused).map(({ all }) => all)));
    },
    wrote: (key) => release(nameOf(key))?.written(),
    write: (key) => writeAll(key ? [nameOf(key)] : [...kept.keys()]),
    drop: () => {
      for (const name of kept.keys()) release(name)?.written();
    },
    answered: (milliseconds) => {
      pace += (Math.min(milliseconds, Math.max(pace, 1) * SLOWER_AT_ONCE) - pace) * NEWEST;
    },
    areAnsweredSoon: (lanes, given, slots) =>
      given.every(({ event }) => event.data.length <= MAX_EVENT) &&
      given.reduce((sum, { event }) => sum + event.data.length, characters) <= MAX_CHARACTERS &&
      longestWait(lanes, given, slots) * pace <= ANSWERED_WITHIN,
  };
}

/** The delivery's key in its lane. */
export function keyOf({ event, replay }: NewDelivery): DeliveryKey {
  return { stream: event.stream, seq: event.seq, replay };
}

/** What an attempt needs of a delivery that was just taken. */
export function storedOf({ event, deliveryId }: NewDelivery): StoredDelivery {
  return { ...event, deliveryId };
}

/**
 * After how many answers, one after the other, the last of these has its own: those before it in its lane, and those that
 * share the slots. Infinity behind a delivery that failed and waits.
 */
function longestWait(lanes: Lanes, given: readonly NewDelivery[], slots: number): number {
  const lengths = new Map<string, number>();
  for (const one of given) {
    const name = laneOf(lanes.ordering, keyOf(one));
    lengths.set(name, (lengths.get(name) ?? openIn(lanes, name, one.now)) + 1);
  }
  return Math.max((lanes.busy + freshHeads(lanes) + given.length) / slots, ...lengths.values());
}

function openIn(lanes: Lanes, name: string, now: number): number {
  const open = lanes.byName.get(name)?.open ?? [];
  return open.some(({ attempts, dueAt, held }) => attempts > 0 || held || dueAt > now) ? Infinity : open.length;
}
