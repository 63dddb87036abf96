import { CALLER, digitsOf, LENGTH, LINE, momentsOf, OPERATOR, written, type ExampleContext } from "../example";

/** The end of an answered call with everything filled in, and without a recording. Aircall's times are seconds. */
export function example({ now, unique }: ExampleContext): string {
  const { startedAt, answeredAt, endedAt } = momentsOf(now);
  return written({
    resource: "call",
    event: "call.ended",
    timestamp: endedAt / 1_000,
    data: {
      id: Number(digitsOf(unique, 15)),
      direction: "inbound",
      status: "done",
      missed_call_reason: null,
      started_at: startedAt / 1_000,
      answered_at: answeredAt / 1_000,
      ended_at: endedAt / 1_000,
      duration: LENGTH,
      raw_digits: CALLER,
      recording: null,
      voicemail: null,
      asset: null,
      user: { name: OPERATOR },
      number: { name: "Sample line", digits: LINE, e164_digits: LINE },
      tags: [],
    },
  });
}
