import { toIso } from "../../lib/time";
import { CALLER, exampleId, LINE, momentsOf, uuidOf, written, type ExampleContext } from "../example";
import type { TelnyxSettings } from "./settings";

/** The hangup of an answered call. `direction` stands in it, as else only in the event that begins a call. */
export function example({ now, unique }: ExampleContext<TelnyxSettings>): string {
  const { startedAt, endedAt } = momentsOf(now);
  return written({
    data: {
      record_type: "event",
      event_type: "call.hangup",
      id: uuidOf(unique),
      occurred_at: toIso(endedAt),
      payload: {
        call_control_id: `v3:${unique}`,
        call_leg_id: uuidOf(unique),
        call_session_id: exampleId(unique),
        connection_id: "sample-connection",
        direction: "incoming",
        from: CALLER,
        to: LINE,
        start_time: toIso(startedAt),
        end_time: toIso(endedAt),
        hangup_cause: "normal_clearing",
        hangup_source: "caller",
        sip_hangup_cause: "200",
        state: "hangup",
      },
    },
    meta: { attempt: 1 },
  });
}
