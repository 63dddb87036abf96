import { newId } from "../../src/lib/id";
import type { IngestMessage } from "../../src/queues/messages";

/** A message of an accepted notice as the edge sends it; `body` is its bytes, everything else may be replaced. */
export function ingestMessage(
  given: Partial<IngestMessage> & Pick<IngestMessage, "organizationId" | "sourceId" | "sourceKind" | "body">,
): IngestMessage {
  const receivedAt = given.receivedAt ?? Date.now();
  return {
    id: newId("inb", receivedAt),
    receivedAt,
    path: `/webhook/${given.sourceKind}/`,
    form: "notice",
    headers: { "content-type": "application/json" },
    bodyKey: null,
    bodySize: given.body?.length ?? 0,
    verdict: "accepted",
    reason: null,
    status: 200,
    campaignLimit: null,
    replay: false,
    ...given,
  };
}
