import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import { foldNotices } from "../../../src/calls/fold";
import { hmac, toHex } from "../../../src/lib/hmac";
import { authentivoice } from "../../../src/platforms/authentivoice";
import { pythonForm } from "../../../src/platforms/authentivoice/verify-python-form";
import type { SourceConfig } from "../../../src/platforms";

// provider-facts §10: key `av_test`; the signature of Python's form of this body, and that of its own bytes.
const RAW = '{"event":"call.completed","data":{"call_id":"call_1"}}';
const PYTHON = '{"event": "call.completed", "data": {"call_id": "call_1"}}';
const PYTHON_VECTOR = "19abd14c7b47d703d76e1aca853536654bbc3c13277010d46949f67b6cb0b286";
const RAW_VECTOR = "48dd95609f14ea128fae0da6f65e030f23d2683a478d68d4ea21990bfeab45a5";

const CONFIG: SourceConfig = {
  id: "src_1",
  organizationId: "org_1",
  kind: "authentivoice",
  campaignId: null,
  settings: {},
  secrets: ["av_test"],
  state: "active",
};

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function read(body: unknown) {
  return authentivoice.read(bytesOf(JSON.stringify(body)), "application/json", CONFIG);
}

function event(name: string, data: object, timestamp = "2026-02-10T14:00:00Z") {
  return { id: "evt-1", timestamp, event: name, data, retryCount: 0 };
}

async function factsOf(name: string, data: object, timestamp?: string): Promise<CallFacts> {
  const result = await read(event(name, data, timestamp));
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

const analysis = { resourceId: "ana-1", resourceType: "analysis" };

describe("AuthentiVoice's signature", () => {
  const verify = async (body: string, signature: string) => {
    const headers = new Headers({ "X-AuthentiVoice-Signature": signature });
    const request = { url: "https://trunkline.test/", headers, body: bytesOf(body) };
    return (await authentivoice.verify(request, CONFIG, 0)).ok;
  };

  it("passes both published vectors", async () => {
    expect(await verify(PYTHON, PYTHON_VECTOR)).toBe(true);
    expect(await verify(RAW, RAW_VECTOR)).toBe(true);
  });

  it("passes over Python's form of what is sent in another", async () => {
    expect(await verify(RAW, PYTHON_VECTOR)).toBe(true);
    // The other way round there is no body that both forms are of.
    expect(await verify(PYTHON, RAW_VECTOR)).toBe(false);
    expect(await verify(RAW.replace("call_1", "call_2"), PYTHON_VECTOR)).toBe(false);
    expect(await verify(`${RAW}}`, PYTHON_VECTOR)).toBe(false);
  });

  it("passes over Python's form of whatever JSON may hold", async () => {
    const body = '{"10":1,"9":"Peña 🎧\\u007f","a":[1.0,-0,-0.0,1e16,1E-5,123456789012345678901,0.5],"n":null}';
    const dumped =
      '{"10": 1, "9": "Pe\\u00f1a \\ud83c\\udfa7\\u007f", "a": [1.0, 0, -0.0, 1e+16, 1e-05, 123456789012345678901, 0.5], "n": null}';
    const signature = toHex(await hmac("SHA-256", "av_test", bytesOf(dumped)));
    expect(new TextDecoder().decode(pythonForm(bytesOf(body)))).toBe(dumped);
    expect(await verify(body, signature)).toBe(true);
  });

  it.each(["", "nul", "{'a':1}", '"\u0001"', '"\\x"', "01x", "\u00a0"])("does not stumble over %j", async (body) => {
    expect(await verify(body, RAW_VECTOR)).toBe(false);
  });
});

describe("AuthentiVoice's events", () => {
  it.each([
    ["analysis.created", "in_progress"],
    ["analysis.updated", null],
    ["analysis.completed", "completed"],
    ["analysis.failed", "failed"],
    ["review.assigned", null],
    ["review.completed", null],
    ["review.escalated", null],
    ["review.consensus_reached", null],
    ["fraud.high_risk", null],
    ["fraud.critical", null],
    ["quality.threshold_breach", null],
    ["sla.violation", null],
  ])("%s says %s of the call", async (name, outcome) => {
    const facts = await factsOf(name, { ...analysis, changes: { reason: "no speech" } });
    expect(facts).toMatchObject({ externalId: "ana-1", outcome, error: outcome === "failed" ? "no speech" : null });
    expect(Object.keys(facts.custom ?? {})).toEqual([name]);
  });

  it("keep what was found and its context under the event's name", async () => {
    const facts = await factsOf("fraud.critical", {
      ...analysis,
      changes: { riskScore: 91 },
      metadata: { callId: "call-1", campaignId: "c-7", scores: [{ Calm: 1 }], riskScore: 1 },
    });
    expect(facts).toMatchObject({ externalId: "call-1", account: "c-7" });
    expect(facts.custom).toEqual({
      "fraud.critical": {
        at: "2026-02-10T14:00:00.000Z",
        resourceType: "analysis",
        resourceId: "ana-1",
        riskScore: 91,
        campaignId: "c-7",
        scores: [{ Calm: 1 }],
      },
    });
  });

  it("keep some of what is too much", async () => {
    const nested = JSON.parse("[".repeat(50) + "]".repeat(50)) as unknown;
    const long = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, "x".repeat(200)]));
    const facts = await factsOf("fraud.critical", { ...analysis, changes: { nested, riskScore: 91, ...long } });
    const entry = facts.custom?.["fraud.critical"] as Record<string, unknown>;
    expect(entry).toMatchObject({ riskScore: 91, k0: "x".repeat(200) });
    expect(entry).not.toHaveProperty("nested");
    expect(entry).not.toHaveProperty("k39");
  });

  it("of one name: the later is shown, whatever order they come in", async () => {
    const early = await factsOf(
      "analysis.updated",
      { ...analysis, changes: { riskScore: 99 } },
      "2026-02-10T14:00:00Z",
    );
    const late = await factsOf(
      "analysis.updated",
      { ...analysis, changes: { riskScore: 1 } },
      "2026-02-10T16:00:00+01:00",
    );
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const notices = order.map((facts) => ({ facts, receivedAt: 0, replay: false }));
      expect(foldNotices(undefined, notices).custom).toMatchObject({ "analysis.updated": { riskScore: 1 } });
    }
  });

  it("may say what the call was", async () => {
    const facts = await factsOf("analysis.completed", {
      ...analysis,
      metadata: {
        call_id: "call-1",
        direction: "inbound",
        from: "+15551230001",
        startedAt: "2026-02-10T13:00:00Z",
        measures: { durationSeconds: 12.5 },
        agentName: "Ann Lee",
        recordingUrl: "https://audio.authentivoice.example/1.wav",
      },
    });
    expect(facts).toMatchObject({
      externalId: "call-1",
      direction: "inbound",
      fromE164: "+15551230001",
      startedAt: Date.UTC(2026, 1, 10, 13),
      endedAt: null,
      durationSeconds: 12.5,
      operatorName: "Ann Lee",
      recordings: [{ externalId: "audio", url: "https://audio.authentivoice.example/1.wav" }],
    });
  });

  it.each([
    [event("analysis.completed", { ...analysis, metadata: { test: true } }), "test_event"],
    [event("user.created", analysis), "event_ignored"],
    [event("review.assigned", { resourceId: "rev-1", resourceType: "review" }), "no_call"],
    [event("review.assigned", {}), "missing_fields"],
    [event("analysis.completed", { resourceType: "analysis" }), "missing_fields"],
    [{ id: "evt-1" }, "missing_fields"],
  ])("%j is no call: %s", async (body, reason) => {
    expect(JSON.stringify(await read(body))).toContain(`"reason":"${reason}"`);
  });

  it("about a call or a recording are of that call", async () => {
    for (const resourceType of ["call", "Recording", "analysis"]) {
      expect((await factsOf("sla.violation", { resourceId: "x-1", resourceType })).externalId).toBe("x-1");
    }
  });
});
