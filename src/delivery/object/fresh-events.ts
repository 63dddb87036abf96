import type { DeliveryKey } from "./lanes";
import type { StoredDelivery } from "./storage";

// Events of newly accepted deliveries, kept in memory until the first attempt so that it needs no read.

/** The number of characters kept at once: a small part of an object's 128 MB, and far more than six requests need. */
const MAX_CHARACTERS = 8_000_000;

export type FreshEvents = { byDelivery: Map<string, StoredDelivery>; characters: number };

export function newFreshEvents(): FreshEvents {
  return { byDelivery: new Map(), characters: 0 };
}

/** Keeps an event that was just written, if there is room. */
export function keepFresh(fresh: FreshEvents, key: DeliveryKey, stored: StoredDelivery): void {
  if (fresh.characters + stored.data.length > MAX_CHARACTERS) return;
  fresh.byDelivery.set(nameOf(key), stored);
  fresh.characters += stored.data.length;
}

/** Takes the event out for its attempt. Undefined when it was not kept. */
export function takeFresh(fresh: FreshEvents, key: DeliveryKey): StoredDelivery | undefined {
  const name = nameOf(key);
  const stored = fresh.byDelivery.get(name);
  if (!stored) return undefined;
  fresh.byDelivery.delete(name);
  fresh.characters -= stored.data.length;
  return stored;
}

/** Drops all kept events: rows were deleted, and the next attempt must read its row. */
export function forgetFresh(fresh: FreshEvents): void {
  fresh.byDelivery.clear();
  fresh.characters = 0;
}

/** The name of a delivery in a map. */
export function nameOf({ stream, seq, replay }: DeliveryKey): string {
  return `${replay}/${stream}/${seq}`;
}
