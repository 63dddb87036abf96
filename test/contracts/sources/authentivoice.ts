import { PLATFORMS } from "../../../src/platforms";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

// No public source: based on AuthentiVoice's webhook documentation; test/peers/senders.test.ts runs the code it prints.
function event(name: string, at: string, data: Record<string, unknown>, id = `evt-${name}-${at}`) {
  return { id, timestamp: at, event: name, data, retryCount: 0 };
}

const analysis = { resourceId: "ana-1", resourceType: "analysis" };
const metadata = { callId: "call-1", agentName: "Ann Lee", durationSeconds: 125.5, direction: "inbound" };

const completed = event("analysis.completed", "2026-02-10T14:05:00Z", {
  ...analysis,
  changes: { status: "completed", riskScore: 91 },
  metadata: { ...metadata, recordingUrl: "https://audio.authentivoice.example/1.wav" },
});

export const cases: SourceCase[] = [
  {
    source: PLATFORMS.authentivoice,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "authentivoice",
      campaignId: null,
      settings: {},
      secrets: ["authentivoice_only_for_tests_0123456789"],
      state: "active",
    },
    contentType: "application/json",
    good: completed,
    withUnknownFields: {
      ...completed,
      tenant: "t",
      data: {
        ...completed.data,
        metadata: { ...metadata, recordingUrl: "https://audio.authentivoice.example/1.wav", future: { a: [1] } },
      },
    },
    notices: [
      event("analysis.created", "2026-02-10T14:00:00Z", { ...analysis, metadata }),
      event("analysis.failed", "2026-02-10T14:01:00Z", { ...analysis, changes: { reason: "no speech" }, metadata }),
      completed,
      event("fraud.critical", "2026-02-10T14:05:01Z", { ...analysis, changes: { riskScore: 91 }, metadata }),
      event("review.completed", "2026-02-10T15:00:00Z", {
        resourceId: "rev-1",
        resourceType: "review",
        metadata: { callId: "call-1", verdict: "fraud" },
      }),
    ],
    signing: {
      now: 1_700_000_000_000,
      signatureHeader: "x-authentivoice-signature",
      timestampHeader: null,
      toleranceMs: null,
      coversBody: true,
      sign: async (body, secret) => ({
        headers: { "x-authentivoice-signature": toHex(await hmac("SHA-256", secret, body)) },
      }),
    },
  },
];
