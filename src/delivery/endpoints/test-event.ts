import { invalid, type DomainError } from "../../errors";
import { eventExamples, type EventType } from "../../events";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { EnqueuedEvent } from "../contract";
import { profiles } from "../profiles";
import type { EndpointRow } from "./endpoint";
import { subscribedTypes, typesOf } from "./subscription";

/**
 * An event to test an endpoint with: the catalog's example, with a new id. `wanted` is a type or one of the profile's
 * names for it. Without it, a subscribed type is used, a completed one if possible. `now` in milliseconds.
 */
export function testEventFor(
  endpoint: Pick<EndpointRow, "id" | "profile" | "events">,
  wanted: string | undefined,
  now: number,
): Result<EnqueuedEvent, DomainError> {
  const profile = profiles[endpoint.profile];
  const [type] =
    wanted === undefined ? completedFirst(subscribedTypes(endpoint.events, profile)) : typesOf(wanted, profile);
  if (type === undefined) return err(invalid("event", refusal(endpoint, wanted)));
  const data = JSON.stringify(eventExamples[type as EventType]);
  return ok({ stream: endpoint.id, seq: 0, eventId: newId("evt", now), type, recordedAt: now, data });
}

// Receivers are mostly written for completed events; AuthentiVoice's own test sends analysis.completed.
function completedFirst(types: readonly string[]): string[] {
  const completed = types.filter((type) => type.endsWith(".completed"));
  return [...completed, ...types];
}

function refusal(endpoint: Pick<EndpointRow, "profile">, wanted: string | undefined): string {
  const profile = profiles[endpoint.profile];
  const names = [
    ...profile.eventTypes,
    ...Object.keys(profile.aliases).filter((alias) => profile.aliases[alias]?.length),
  ];
  const what = wanted === undefined ? "what this endpoint asked for is" : `"${wanted}" is`;
  return `${what} nothing the ${profile.name} profile can be tried out with; valid are ${names.join(", ")}`;
}
