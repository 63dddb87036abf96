import { toIso } from "../../../lib/time";
import type { AttemptContext } from "../contract";
import { factsOf } from "../facts";

/** The envelope of the contract. */
export type AudianPayload = { id: string; event: string; timestamp: string; data: Record<string, unknown> };

/** Keys of `data` besides the event's own, present where they have a value. */
export const OWN_DATA_KEYS = [
  "test",
  "livemode",
  "call_id",
  "recording_id",
  "recording_url",
  "recording_url_expires_at",
  "omitted",
  "omitted_url",
] as const;

/**
 * The event in the envelope. `data` is the event's data, plus the ids and the link that receivers of call platforms
 * expect under these names.
 */
export function payloadOf(context: AttemptContext): AudianPayload {
  const { call, recording, recordings } = factsOf(context.data);
  const playable = [recording, ...recordings].find((one) => typeof one.audio_url === "string");
  return {
    id: context.eventId,
    event: context.type,
    timestamp: toIso(context.recordedAt),
    data: {
      ...(context.test ? { test: true, livemode: false } : {}),
      ...(call.id === undefined ? {} : { call_id: call.id }),
      ...(recording.id === undefined ? {} : { recording_id: recording.id }),
      ...(playable
        ? { recording_url: playable.audio_url, recording_url_expires_at: playable.audio_url_expires_at }
        : {}),
      ...context.data,
    },
  };
}
