import { toIso } from "../../lib/time";
import { CALLER, exampleId, LENGTH, LINE, momentsOf, written, type ExampleContext } from "../example";
import type { VoqoSettings } from "./settings";

/** The end of a call of an agent that is a machine. */
export function example({ now, unique }: ExampleContext<VoqoSettings>): string {
  const { startedAt, endedAt } = momentsOf(now);
  return written({
    _id: `event-${unique}`,
    event_type: "call_ended",
    timestamp: endedAt / 1_000,
    data: {
      id: exampleId(unique),
      agent_id: "sample-agent",
      status: "completed",
      from_phone: CALLER,
      to_phone: LINE,
      direction: "inbound",
      call_summary: "A sample: the caller asks about a bill.",
      transcript: null,
      duration: LENGTH,
      error: null,
      created_at: toIso(startedAt),
      start_time: toIso(startedAt),
      end_time: toIso(endedAt),
      recording_url: null,
      post_call_action_results: [],
      timestamps: [],
    },
  });
}
