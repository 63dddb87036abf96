import { toIso } from "../../lib/time";
import { CALLER, exampleId, LENGTH, LINE, momentsOf, OPERATOR, written, type ExampleContext } from "../example";
import type { Net2phoneSettings } from "./settings";

/** The event that ends an answered call. It was not recorded: a recording would be asked of net2phone. */
export function example({ now, unique }: ExampleContext<Net2phoneSettings>): string {
  return written({
    timestamp: toIso(momentsOf(now).endedAt),
    event: "call_completed",
    call_id: exampleId(unique),
    user: { name: OPERATOR },
    user_name: OPERATOR,
    direction: "inbound",
    originating_number: CALLER,
    dialed_number: LINE,
    duration: LENGTH,
    id: `event-${unique}`,
    call_source: "normal",
    recording_url: null,
    voice_mail: false,
  });
}
