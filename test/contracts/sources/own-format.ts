import type { SourceCase } from "../source-case";

// No other source: Trunkline's own notice format, as docs/use/connect-anything.md describes it.
const good = {
  external_id: "call-1001",
  outcome: "completed",
  direction: "inbound",
  from: "+541155550100",
  to: "+541155550199",
  started_at: "2026-08-20T14:00:00Z",
  duration_seconds: 125,
  operator: { name: "Lucía Fernández", reference: "pbx:user:7" },
  recordings: [{ id: "r1", url: "https://pbx.example/1.mp3" }],
  custom: { queue: "Renewals" },
};

/** A call in Trunkline's own notice format: what sources with a mapping read when they have none. */
export const OWN_FORMAT: Pick<SourceCase, "good" | "withUnknownFields" | "notices" | "unanswered"> = {
  good,
  withUnknownFields: { ...good, future: { a: [1] }, operator: { ...good.operator, future: { a: [1] } } },
  unanswered: [
    [
      { external_id: "call-1001", outcome: "ringing" },
      { external_id: "call-1001", outcome: "busy", status: "busy" },
      { external_id: "call-1001", outcome: "hangup" },
    ],
    [{ external_id: "call-1001", outcome: "ended", status: "no answer" }],
    [{ external_id: "call-1001", state: "ended", talk_seconds: 0, error: "cancelled" }],
  ],
  notices: [
    { external_id: "call-1001", outcome: "in_progress", direction: "inbound", from: "+541155550100" },
    good,
    { external_id: "call-1001", outcome: "unknown", recordings: [{ id: "r2", url: "https://pbx.example/2.mp3" }] },
  ],
};
