import { describe, expect, it } from "vitest";
import type { CallFacts } from "../../../src/calls";
import type { SourceConfig } from "../../../src/platforms";
import { voicesense } from "../../../src/platforms/voicesense";
import type { VoicesenseSettings } from "../../../src/platforms/voicesense/settings";

// Printed in the seed, "Code example".
const SECRET = "qn38UciAEBTR1vlWPyPR205U438I6PAS";
const VECTOR = "a30d5e4941a55d747bbaf39efb54ed5d1784cbd373686fe9e24375071bc0d73f";

function configOf(settings: VoicesenseSettings = {}): SourceConfig<VoicesenseSettings> {
  return {
    id: "src_1",
    organizationId: "org_1",
    kind: "voicesense",
    campaignId: null,
    settings,
    secrets: [SECRET],
    state: "active",
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function read(body: string, settings?: VoicesenseSettings) {
  return voicesense.read(bytesOf(body), "application/json", configOf(settings));
}

async function factsOf(body: string, settings?: VoicesenseSettings): Promise<CallFacts> {
  const result = await read(body, settings);
  const facts = result.ok && result.value.kind === "calls" ? result.value.facts[0] : undefined;
  if (!facts) throw new Error(`not accepted: ${JSON.stringify(result)}`);
  return facts;
}

// The seed's "Example Message", blank line and all, with fewer scores.
const EXAMPLE = `{
   "StreamId": "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
   "ReferenceId": "7c2eef00-3134-40ed-a779-8a34c9048ba8",
   "PredictorState": 0,
   "AudioDuration": 305.57,
   "ScoreLeft": {
      "Scores": null,
      "TalkDuration": 0
   },
   "ScoreRight": {
      "Scores": {
         "Engaged": 5,
         "AttitudeLevel": 2

      },
      "TalkDuration": 208
   },
   "ErrorMessage": null
}`;

// The seed's "Customized Body Template", as it comes out.
const CUSTOMISED = `{
   "AudioReferenceId": "8c31983f-5cbc-4169-81ac-a4f238f10e47",
   "VoicesenseId": "ae5be27e-b67d-4d89-aa0b-33eedea470f3",
   "Score": "2",
   "Error": "null"
}`;
const NAMES = { reference_field: "AudioReferenceId", stream_field: "VoicesenseId", error_field: "Error" };

describe("Voicesense's signature", () => {
  const request = (body: string, signature = VECTOR) => ({
    url: "https://trunkline.test/",
    headers: new Headers({ "X-Voicesense-Signature": signature }),
    body: bytesOf(body),
  });

  it("passes the printed example, and no other body", async () => {
    const verify = (body: string) => voicesense.verify(request(body), configOf(), 0);
    expect(await verify('{"test":"body"}')).toMatchObject({ ok: true });
    expect(await verify('{"test": "body"}')).toMatchObject({ ok: false, error: { status: 401 } });
  });

  it("has a secret like the printed one", () => {
    expect(voicesense.secret.problem(SECRET)).toBeUndefined();
    expect(voicesense.secret.origin).toBe("platform");
  });
});

describe("Voicesense's notice", () => {
  it("becomes a call with its scores as findings, and the rest as custom", async () => {
    expect(await factsOf(EXAMPLE)).toEqual({
      externalId: "7c2eef00-3134-40ed-a779-8a34c9048ba8",
      outcome: "completed",
      error: null,
      durationSeconds: 305.57,
      custom: {
        StreamId: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
        PredictorState: 0,
      },
      findings: {
        version: null,
        at: null,
        error: null,
        channels: [
          { scores: {}, talkSeconds: 0 },
          { scores: { Engaged: 5, AttitudeLevel: 2 }, talkSeconds: 208 },
        ],
        risk: null,
        review: null,
      },
      recordings: [],
    });
  });

  it("is known by its stream where it has no reference", async () => {
    for (const reference of ["null", '"null"', '""', '"{{ReferenceId}}"', "{}"]) {
      const body = EXAMPLE.replace('"7c2eef00-3134-40ed-a779-8a34c9048ba8"', reference);
      expect((await factsOf(body)).externalId).toBe("3a0440bf-7220-4a42-9245-7e7ea4bf6560");
    }
  });

  it("of an analysis that failed says so", async () => {
    const failed = EXAMPLE.replace('"ErrorMessage": null', '"ErrorMessage": "No speech"');
    expect(await factsOf(failed)).toMatchObject({ outcome: "failed", error: "No speech" });
    for (const none of ['"null"', '""', '"{{ErrorMessage}}"']) {
      const body = EXAMPLE.replace('"ErrorMessage": null', `"ErrorMessage": ${none}`);
      expect(await factsOf(body)).toMatchObject({ outcome: "completed", error: null });
    }
  });

  it("may have its fields named otherwise", async () => {
    expect(await factsOf(CUSTOMISED, NAMES)).toEqual({
      externalId: "8c31983f-5cbc-4169-81ac-a4f238f10e47",
      outcome: "completed",
      error: null,
      durationSeconds: null,
      custom: { VoicesenseId: "ae5be27e-b67d-4d89-aa0b-33eedea470f3", Score: "2" },
      findings: null,
      recordings: [],
    });
    const failed = CUSTOMISED.replace('"null"', '"Too short"');
    expect(await factsOf(failed, NAMES)).toMatchObject({ outcome: "failed", error: "Too short" });
    const timed = await factsOf(CUSTOMISED.replace('"Score"', '"Length"'), { ...NAMES, duration_field: "Length" });
    expect(timed).toMatchObject({ durationSeconds: 2 });
  });

  it("names what its template must hold", async () => {
    expect(await read(CUSTOMISED)).toMatchObject({
      ok: false,
      error: { status: 422, errors: [{ field: "ReferenceId" }, { field: "StreamId" }] },
    });
    expect(await read("Score: 2")).toMatchObject({ ok: false, error: { status: 400, reason: "invalid_json" } });
  });

  it("keeps every score of both sides", async () => {
    const side = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`Score${index}`, index]));
    const body = { ReferenceId: "r", ScoreLeft: { Scores: side }, ScoreRight: { Scores: side } };
    const { findings } = await factsOf(JSON.stringify(body));
    expect(findings?.channels?.map(({ scores }) => Object.keys(scores).length)).toEqual([20, 20]);
  });
});
