import type { InboundEntry, LoggedRequest } from "../sources";

/**
 * What a log entry counts as: one request, or none. What the edge refused it has counted itself; a replay is no new
 * request; a call that we asked the platform for does not show that its notices arrive.
 */
export function countOf({ message, outcome, reason }: InboundEntry): LoggedRequest[] {
  const { id, organizationId, sourceId, sourceKind, receivedAt } = message;
  if (message.verdict === "refused" || message.replay || message.form === "listed") return [];
  return [{ id, organizationId, sourceId: sourceId ?? "", sourceKind, outcome, reason: reason ?? "", receivedAt }];
}
