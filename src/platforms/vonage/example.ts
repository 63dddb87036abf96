import { toIso } from "../../lib/time";
import { CALLER, exampleId, LINE, momentsOf, TALK, uuidOf, written, type ExampleContext } from "../example";
import type { VonageSettings } from "./settings";

/** The event that ends an answered leg. Vonage writes numbers without the plus. */
export function example({ now, unique }: ExampleContext<VonageSettings>): string {
  const { answeredAt, endedAt } = momentsOf(now);
  return written({
    conversation_uuid: `CON-${exampleId(unique)}`,
    uuid: uuidOf(unique),
    from: CALLER.slice(1),
    to: LINE.slice(1),
    direction: "inbound",
    status: "completed",
    start_time: toIso(answeredAt),
    end_time: toIso(endedAt),
    duration: String(TALK),
    rate: "0.00",
    price: "0.00",
    network: "",
    headers: {},
    timestamp: toIso(endedAt),
  });
}
