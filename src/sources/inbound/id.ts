import { newId } from "../../lib/id";

/** Every inbound id begins so; what follows sorts by time of arrival. */
export const INBOUND_PREFIX = "inb";
const TIME_CHARACTERS = INBOUND_PREFIX.length + 1 + 10;

/**
 * An id begins with its time, so a moment (milliseconds) is a place among the ids: before all those of it and later.
 */
export function firstInboundIdAt(moment: number): string {
  return newId(INBOUND_PREFIX, moment).slice(0, TIME_CHARACTERS);
}
