import { toIso } from "../../lib/time";
import { CALLER, exampleId, LINE, momentsOf, OPERATOR, written, type ExampleContext } from "../example";
import type { ZoomSettings } from "./settings";

/** The end of an answered call, on the side of who took it. */
export function example({ now, unique }: ExampleContext<ZoomSettings>): string {
  const { startedAt, answeredAt, endedAt } = momentsOf(now);
  return written({
    event: "phone.callee_ended",
    event_ts: endedAt,
    payload: {
      account_id: "sample-account",
      object: {
        call_id: exampleId(unique),
        caller: { phone_number: CALLER, extension_type: "pstn", name: "Sample caller" },
        callee: { phone_number: LINE, extension_type: "user", user_id: "sample-user", name: OPERATOR },
        ringing_start_time: toIso(startedAt),
        answer_start_time: toIso(answeredAt),
        call_end_time: toIso(endedAt),
        handup_result: "Call connected",
      },
    },
  });
}
