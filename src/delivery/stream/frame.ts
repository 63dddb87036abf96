import { toIso } from "../../lib/time";
import { profiles } from "../profiles";
import type { Listener } from "./listener";
import type { KeptEvent } from "./storage";

/**
 * What goes to a listener: the number of an event, its name, and one line of JSON. `reset` and `ready` are no events; a
 * number with them is where the listener may go on.
 */
export type Frame = { id: number | null; event: string; data: string };

/** In characters of JSON. A larger event is named, and read by its address. */
export const LARGEST = 512 * 1024;

/**
 * An event for one listener: as the profile `standard` sends it, or as the request that an endpoint of their profile
 * would get. Undefined where the profile does not have the event.
 */
export async function frameFor(
  listener: Listener,
  event: KeptEvent,
  data: Record<string, unknown>,
  of: { organizationId: string; publicUrl: string; secret: string; now: number },
): Promise<Frame | undefined> {
  const { number: id, type } = event;
  if (listener.profile === null) {
    const { stream } = event;
    const envelope = { id: event.id, type, timestamp: toIso(event.recordedAt), seq: event.seq, stream };
    const whole = JSON.stringify({ ...envelope, data });
    return { id, event: type, data: whole.length <= LARGEST ? whole : JSON.stringify({ ...envelope, data: null }) };
  }
  const profile = profiles[listener.profile];
  if (!profile.eventTypes.includes(type)) return undefined;
  const { changes } = data;
  if (type === "analysis.updated" && typeof changes === "object" && changes !== null)
    if (profile.tellsOfChanges?.(Object.keys(changes)) === false) return undefined;
  const request = await profile.request({
    endpointId: listener.id,
    organizationId: of.organizationId,
    eventId: event.id,
    deliveryId: `${listener.id}.${id}`,
    type,
    seq: event.seq,
    recordedAt: event.recordedAt,
    data,
    gap: null,
    attempt: 1,
    test: false,
    now: of.now,
    method: "POST",
    headers: {},
    template: null,
    ed25519: false,
    secrets: [of.secret],
    publicUrl: of.publicUrl,
  });
  return request.body.length > LARGEST
    ? undefined
    : { id, event: "request", data: JSON.stringify({ type, ...request }) };
}
