import { toIso } from "../../lib/time";
import { CALLER, exampleId, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";

/** The event that ends an answered call; of a recording another event would tell. */
export function example({ now, unique }: ExampleContext): string {
  const { startedAt, answeredAt, endedAt } = momentsOf(now);
  return written({
    id: `evt_${unique}`,
    event: "call.completed",
    timestamp: toIso(endedAt),
    data: {
      call_id: exampleId(unique),
      direction: "inbound",
      from: CALLER,
      to: LINE,
      status: "completed",
      started_at: toIso(startedAt),
      answered_at: toIso(answeredAt),
      ended_at: toIso(endedAt),
      duration: LENGTH,
      talk_seconds: TALK,
      agent_name: OPERATOR,
    },
  });
}
