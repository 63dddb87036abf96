import { CALLER, exampleId, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";
import type { FreeswitchSettings } from "./settings";

/** The record of the first leg of an answered call, without a recording's file. */
export function example({ now, unique, settings }: ExampleContext<FreeswitchSettings>): string {
  const { startedAt, answeredAt, endedAt } = momentsOf(now);
  const { direction_variable: direction, operator_variable: operator } = settings;
  return written({
    switchname: "sample",
    channel_data: { state: "CS_REPORTING", direction: "inbound" },
    variables: {
      uuid: exampleId(unique),
      call_uuid: exampleId(unique),
      direction: "inbound",
      call_direction: "inbound",
      caller_id_name: "Sample caller",
      caller_id_number: CALLER,
      destination_number: LINE,
      start_epoch: String(startedAt / 1_000),
      answer_epoch: String(answeredAt / 1_000),
      end_epoch: String(endedAt / 1_000),
      duration: String(LENGTH),
      billsec: String(TALK),
      hangup_cause: "NORMAL_CLEARING",
      last_sent_callee_id_name: OPERATOR,
      ...(direction !== undefined && { [direction]: "inbound" }),
      ...(operator !== undefined && { [operator]: OPERATOR }),
    },
    callflow: [],
  });
}
