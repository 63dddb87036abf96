/**
 * Callbacks of a TeXML application. Based on: Telnyx API reference, "Callbacks" (texml-call-initiated, -ringing,
 * -answered, -completed, -amd, texml-recording-in-progress, -completed), its samples' names, types and encoding.
 */
const CALL = {
  AccountSid: "f5586561-8ff0-4291-a51b-c7dfe4139ff9",
  CallSid: "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ",
  CallSidLegacy: "v3:9X2vxPDFY2RHSJ1EdMS0RHRksMTg7ldNxdjWbVr9zBjbGjGsSe-aiQ",
  ConnectionId: "1234567890",
};

function progress(status: string, sequence: number, at: string) {
  return {
    ...CALL,
    CallInitiatedAt: "2025-01-15T09:59:54.028Z",
    CallStatus: status,
    CallbackSource: "call-progress-events",
    From: "+15551230001",
    SequenceNumber: String(sequence),
    Timestamp: at,
    To: "+15551230002",
  };
}

const INITIATED = progress("initiated", 0, "2025-01-15T09:59:54Z");
const RINGING = progress("ringing", 1, "2025-01-15T09:59:55Z");
const ANSWERED = {
  ...progress("in-progress", 2, "2025-01-15T10:00:00Z"),
  CallDuration: "0",
  Codec: "PCMU",
  SamplingRate: "8000",
};

export const COMPLETED = {
  ...progress("completed", 3, "2025-01-15T10:01:00Z"),
  AnsweredTime: "2025-01-15T10:00:00Z",
  CallControlId: CALL.CallSid,
  CallDuration: "60",
  CallLegId: "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
  CallQualityStats: '{"mos":4.2,"jitter":10,"packet_loss":0.5}',
  CallSessionId: "428c31b6-abf4-4bc1-b7f5-5013ef9657c1",
  EndTime: "2025-01-15T10:01:00Z",
  HangupCause: "normal_clearing",
  HangupSource: "caller",
  OccurredAt: "2025-01-15T10:01:00Z",
  ShakenStirValidated: "true",
  SipHangupCause: "200",
  StartTime: "2025-01-15T09:59:54Z",
  UserId: CALL.AccountSid,
};

const RECORDING = {
  ...CALL,
  RecordingChannels: "2",
  RecordingDuration: "60",
  RecordingSid: "35094891-3290-4142-b2c2-b2eda57534cf",
  RecordingSource: "DialVerb",
  RecordingStatus: "completed",
  RecordingUrl: "https://s3.amazonaws.com/recordings/1.mp3?X-Amz-Expires=600",
};
const RECORDING_BEGUN = {
  ...CALL,
  RecordingChannels: "2",
  RecordingSid: RECORDING.RecordingSid,
  RecordingSource: "DialVerb",
  RecordingStatus: "in-progress",
};
const MACHINE = { ...CALL, AnsweredBy: "human", MachineDetectionDuration: "2500" };

export const ANSWERED_CALL = [INITIATED, RINGING, ANSWERED, MACHINE, RECORDING_BEGUN, COMPLETED, RECORDING];

const UNANSWERED_END = {
  ...progress("completed", 3, "2025-01-15T10:00:20Z"),
  CallDuration: "0",
  EndTime: "2025-01-15T10:00:20Z",
};

export const UNANSWERED_CALLS = [
  ...["busy", "no-answer", "canceled", "failed"].flatMap((status) => [
    [INITIATED, RINGING, { ...UNANSWERED_END, CallStatus: status }],
    [INITIATED, RINGING, { ...UNANSWERED_END, CallStatus: status }, UNANSWERED_END],
  ]),
  [INITIATED, { ...UNANSWERED_END, HangupCause: "originator_cancel", SipHangupCause: "487" }],
  [INITIATED, { ...UNANSWERED_END, HangupCause: "normal_clearing", SipHangupCause: "480" }],
];

/** A form as Telnyx writes it: `:` and `+` in percent-encoding. */
export function encodeForm(fields: Record<string, unknown>): string {
  const text = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  return new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, text(value)])).toString();
}
