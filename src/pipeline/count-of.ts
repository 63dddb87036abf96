import type { InboundForm } from "../db/schema";
import type { InboundEntry, LoggedRequest } from "../sources";

/** What its platform did not send of itself. */
const NOT_SENT: ReadonlySet<InboundForm> = new Set(["listed", "sample"]);

/**
 * What a log entry counts as: one request, or none. What the edge refused it has counted itself; a replay is no new
 * request; a call that we asked the platform for, and a sample that somebody sent, do not show that its notices arrive.
 */
export function countOf({ message, outcome, reason }: InboundEntry): LoggedRequest[] {
  const { id, organizationId, sourceId, sourceKind, receivedAt } = message;
  if (message.verdict === "refused" || message.replay || NOT_SENT.has(message.form)) return [];
  return [{ id, organizationId, sourceId: sourceId ?? "", sourceKind, outcome, reason: reason ?? "", receivedAt }];
}
