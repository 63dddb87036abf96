import type { DomainError } from "../../errors";
import { EVENT_TYPES, isSubscription } from "../../events";
import { err, ok, type Result } from "../../lib/result";

/** The events an endpoint asks for, each once; every one that names nothing is named back, with what there is. */
export function checkSubscriptions(events: readonly string[]): Result<string[], DomainError> {
  const fields = events.flatMap((pattern, index) => {
    if (isSubscription(pattern)) return [];
    return [
      {
        field: `events.${index}`,
        message: `"${pattern}" is no event; valid are *, a prefix such as call.*, and ${EVENT_TYPES.join(", ")}`,
      },
    ];
  });
  return fields.length > 0 ? err({ kind: "invalid", fields }) : ok([...new Set(events)]);
}
