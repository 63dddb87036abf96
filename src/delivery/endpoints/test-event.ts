import { invalid, type DomainError } from "../../errors";
import { eventExamples, type EventType } from "../../events";
import { newId } from "../../lib/id";
import { err, ok, type Result } from "../../lib/result";
import type { EnqueuedEvent } from "../contract";
import { profiles } from "../profiles";
import type { EndpointRow } from "./endpoint";
import { heardTypes, typesOf } from "./subscription";

/**
 * An event to try an endpoint out with: the catalog's example, under a fresh id. `wanted` is a type, or a name its
 * profile has for one; otherwise it is one that the endpoint asked for, of something completed if there is such. `now` in
 * milliseconds.
 */
export function testEventFor(
  endpoint: Pick<EndpointRow, "id" | "profile" | "events">,
  wanted: string | undefined,
  now: number,
): Result<EnqueuedEvent, DomainError> {
  const profile = profiles[endpoint.profile];
  const [type] = wanted === undefined ? completedFirst(heardTypes(endpoint.events, profile)) : typesOf(wanted, profile);
  if (type === undefined) return err(invalid("event", refusal(endpoint, wanted)));
  const data = JSON.stringify(eventExamples[type as EventType]);
  return ok({ stream: endpoint.id, seq: 0, eventId: newId("evt", now), type, recordedAt: now, data });
}

// What a receiver is written for, as a rule; AuthentiVoice's own test sends analysis.completed.
function completedFirst(types: readonly string[]): string[] {
  const completed = types.filter((type) => type.endsWith(".completed"));
  return [...completed, ...types];
}

function refusal(endpoint: Pick<EndpointRow, "profile">, wanted: string | undefined): string {
  const profile = profiles[endpoint.profile];
  const names = [...profile.speaks, ...Object.keys(profile.aliases).filter((alias) => profile.aliases[alias]?.length)];
  const what = wanted === undefined ? "what this endpoint asked for is" : `"${wanted}" is`;
  return `${what} nothing the ${profile.name} profile can be tried out with; valid are ${names.join(", ")}`;
}
