import type { within } from "../lib/deadline";
import { SECOND } from "../lib/time";
import type { EndpointObjects } from "./object/client";

/** How long a consumer or a sweep waits for an object to take events, all tries together, in milliseconds. */
export const LONGEST_WAIT = 10 * SECOND;

/**
 * The objects, where one that does not answer counts as one that failed: its events become undelivered and hold nobody
 * else's. It may have taken them all the same; it drops what it has when they are offered again.
 */
export function withPatience(objects: EndpointObjects, wait: typeof within): EndpointObjects {
  return {
    ...objects,
    enqueue: async (...given) => {
      const end = await wait(LONGEST_WAIT, objects.enqueue(...given));
      if (end.expired) throw new Error(`the object gave no answer within ${LONGEST_WAIT / SECOND} s`);
      return end.value;
    },
  };
}
