import type { DeliveryKey } from "./lanes";
import type { StoredDelivery } from "./storage";

// Events of deliveries that were taken in a moment ago, kept until their first attempt, so that it needs no read.

/** Characters kept at once: a small part of an object's 128 MB, and far more than six requests wait for. */
const MAX_CHARACTERS = 8_000_000;

export type FreshEvents = { byDelivery: Map<string, StoredDelivery>; characters: number };

export function newFreshEvents(): FreshEvents {
  return { byDelivery: new Map(), characters: 0 };
}

/** Keeps an event that was just written, as long as there is room. */
export function keepFresh(fresh: FreshEvents, key: DeliveryKey, stored: StoredDelivery): void {
  if (fresh.characters + stored.data.length > MAX_CHARACTERS) return;
  fresh.byDelivery.set(nameOf(key), stored);
  fresh.characters += stored.data.length;
}

/** Gives the event up for its attempt; undefined when it was not kept. */
export function takeFresh(fresh: FreshEvents, key: DeliveryKey): StoredDelivery | undefined {
  const name = nameOf(key);
  const stored = fresh.byDelivery.get(name);
  if (!stored) return undefined;
  fresh.byDelivery.delete(name);
  fresh.characters -= stored.data.length;
  return stored;
}

/** Forgets everything: rows were deleted, and an attempt has to look for its own. */
export function forgetFresh(fresh: FreshEvents): void {
  fresh.byDelivery.clear();
  fresh.characters = 0;
}

function nameOf({ stream, seq, replay }: DeliveryKey): string {
  return `${replay}/${stream}/${seq}`;
}
