import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { profiles, type AttemptContext } from "../../../src/delivery/profiles";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

function context(overrides: Partial<AttemptContext> = {}): AttemptContext {
  return {
    eventId: "evt_1",
    deliveryId: "dlv_1",
    type: "call.completed",
    seq: 3,
    recordedAt: 1_700_000_000_123,
    data: { call: { id: "call_1" } },
    gap: null,
    attempt: 1,
    now: Date.now(),
    secrets: [SECRET],
    ...overrides,
  };
}

describe("the standard profile", () => {
  it.for([
    ["plain", { call: { id: "call_1" } }],
    ["unicode and emoji", { name: "Peña 🎧 \u2028", quote: "</script>" }],
    ["numbers and nulls", { tiny: 1e-7, nested: { a: [null, { b: null }] } }],
    ["90 kB", { text: "á".repeat(45_000) }],
  ] as const)("is accepted by the standardwebhooks library: %s", async ([, data]) => {
    const request = await profiles.standard.request(context({ data }));
    const payload = new Webhook(SECRET).verify(request.body, request.headers);
    expect(payload).toMatchObject({
      id: "evt_1",
      type: "call.completed",
      seq: 3,
      timestamp: "2023-11-14T22:13:20.123Z",
      data,
    });
  });

  it("signs with every secret during a rotation, so both the old and the new one verify", async () => {
    const request = await profiles.standard.request(context({ secrets: [OTHER, SECRET] }));
    for (const secret of [OTHER, SECRET])
      expect(() => new Webhook(secret).verify(request.body, request.headers)).not.toThrow();
  });

  it("does not verify when one byte of the body differs", async () => {
    const request = await profiles.standard.request(context());
    expect(() => new Webhook(SECRET).verify(request.body.replace("call_1", "call_2"), request.headers)).toThrow(
      "No matching signature",
    );
  });

  it("says which numbers of the lane were given up just before", async () => {
    const request = await profiles.standard.request(context({ gap: { from: 1, to: 2 } }));
    expect(JSON.parse(request.body)).toMatchObject({ seq: 3, gap: { from: 1, to: 2 } });
  });
});
