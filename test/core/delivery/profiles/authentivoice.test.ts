import { describe, expect, it } from "vitest";
import { policyFromRetryPolicy, profiles } from "../../../../src/delivery/profiles";
import { exampleAnalysis } from "../../../../src/events";
import { attemptOf } from "./attempt";

const { authentivoice } = profiles;
const SECRETS = ["your-webhook-secret"];

/** "Available Events", as the seed lists them. */
const LISTED = [
  "analysis.created",
  "analysis.completed",
  "analysis.failed",
  "analysis.updated",
  "review.assigned",
  "review.completed",
  "review.escalated",
  "review.consensus_reached",
  "fraud.high_risk",
  "fraud.critical",
  "quality.threshold_breach",
  "sla.violation",
];

describe("the authentivoice profile", () => {
  it("sends the WebhookPayload interface, in its order", async () => {
    const { body } = await authentivoice.request(attemptOf("analysis.completed", { secrets: SECRETS }));
    const payload = JSON.parse(body) as { data: object };
    expect(Object.keys(payload)).toEqual(["id", "timestamp", "event", "data", "retryCount"]);
    expect(Object.keys(payload.data)).toEqual(["resourceId", "resourceType", "changes", "metadata"]);
    expect(payload).toEqual({
      id: "evt_1",
      timestamp: "2023-11-14T22:13:20.123Z",
      event: "analysis.completed",
      data: {
        resourceId: exampleAnalysis.id,
        resourceType: "analysis",
        changes: {
          status: "completed",
          reason: null,
          riskScore: exampleAnalysis.risk_score,
          completedAt: "2026-08-20T14:03:34.000Z",
        },
        metadata: {
          callId: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n",
          referenceId: "1755698400.4711",
          campaignId: "cmp_01k3a7w8q0m4x2c9v5b6n7p8r1",
          recordingId: exampleAnalysis.recording_id,
          engine: "trunkline-acoustic",
          engineVersion: exampleAnalysis.engine_version,
          scores: exampleAnalysis.scores,
          riskLevel: null,
          fraudIndicators: [],
          measures: {
            durationSeconds: 187,
            talkSeconds: [84.2, 71.9],
            silenceSeconds: 34.6,
            overlapSeconds: 3.7,
            warnings: [],
          },
        },
      },
      retryCount: 0,
    });
  });

  it("counts retries in the body, and signs each attempt for itself", async () => {
    const attempts = await Promise.all(
      [1, 2, 3, 4].map((attempt) => authentivoice.request(attemptOf("analysis.failed", { attempt, secrets: SECRETS }))),
    );
    const bodies = attempts.map(
      ({ body }) => JSON.parse(body) as { id: string; timestamp: string; retryCount: number },
    );
    expect(bodies.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2, 3]);
    expect(new Set(bodies.map(({ id, timestamp }) => `${id} ${timestamp}`)).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers["X-AuthentiVoice-Signature"])).size).toBe(4);
  });

  it("writes its body in Python's form", async () => {
    const data = { analysis: { id: "ana_1", reason: "señal débil 🎧", scores: [{ Calm: 1e-7 }] }, call: {} };
    const { body } = await authentivoice.request(attemptOf("analysis.failed", { data, secrets: SECRETS }));
    expect(body).toContain('"reason": "se\\u00f1al d\\u00e9bil \\ud83c\\udfa7"');
    expect(body).toContain('"scores": [{"Calm": 1e-07}]');
  });

  it("writes a template in Python's form too", async () => {
    const template = '{"why":"{{data.changes.reason}}","n":[1,2]}';
    const data = { analysis: { id: "ana_1", reason: "ñ" }, call: {} };
    const { body } = await authentivoice.request(attemptOf("analysis.failed", { template, data, secrets: SECRETS }));
    expect(body).toBe('{"why": "\\u00f1", "n": [1, 2]}');
  });

  it("takes a subscription to each of the twelve listed events, and to no other", () => {
    const names = [...authentivoice.eventTypes, ...Object.keys(authentivoice.aliases)];
    expect(names.toSorted()).toEqual(LISTED.toSorted());
    expect(authentivoice.eventTypes).toEqual(
      expect.arrayContaining(["analysis.created", "analysis.completed", "analysis.failed"]),
    );
  });

  it("takes the printed secret", () => {
    expect(authentivoice.checkSecret("your-webhook-secret")).toBeUndefined();
  });

  it("waits five seconds for an answer", () => {
    expect(authentivoice.policy.timeout).toBe(5_000);
  });

  it("turns the printed retry policy into waits of 10, 20 and 40 seconds", () => {
    expect(policyFromRetryPolicy({ maxRetries: 3, backoffMultiplier: 2 })).toEqual([10_000, 20_000, 40_000]);
    expect(authentivoice.policy.waits).toEqual([10_000, 20_000, 40_000]);
  });

  it.for([
    [0, 2, []],
    [2, 1, [10_000, 10_000]],
    [3, 1.5, [10_000, 15_000, 22_500]],
    [6, 10, [10_000, 100_000, 1_000_000, 10_000_000, 86_400_000, 86_400_000]],
  ] as const)("turns %i retries with a multiplier of %f into waits", ([maxRetries, backoffMultiplier, waits]) => {
    expect(policyFromRetryPolicy({ maxRetries, backoffMultiplier })).toEqual(waits);
  });
});
