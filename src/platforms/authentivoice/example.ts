import { toIso } from "../../lib/time";
import { CALLER, exampleId, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";

/** A finished analysis whose risk is low, so that it raises no alert. */
export function example({ now, unique }: ExampleContext): string {
  const { answeredAt, endedAt } = momentsOf(now);
  return written({
    id: `event-${unique}`,
    timestamp: toIso(endedAt),
    event: "analysis.completed",
    data: {
      resourceId: `analysis-${unique}`,
      resourceType: "analysis",
      changes: { status: "completed", riskScore: 12 },
      metadata: {
        callId: exampleId(unique),
        direction: "inbound",
        from: CALLER,
        to: LINE,
        startedAt: toIso(answeredAt),
        endedAt: toIso(endedAt),
        durationSeconds: TALK,
        agentName: OPERATOR,
      },
    },
    retryCount: 0,
  });
}
