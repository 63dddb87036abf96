import { toIso } from "../../../lib/time";
import type { AttemptContext } from "../contract";
import { factsOf } from "../facts";

/** The envelope the seed prints. */
export type AudianPayload = { id: string; event: string; timestamp: string; data: Record<string, unknown> };

/** What `data` holds beside the event's own keys, where there is something to say. */
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
 * The event in the envelope. `data` is what the catalog says, and on top of it the ids and the link that receivers of
 * call platforms look for by these names.
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
