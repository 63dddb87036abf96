import { describe, expect, it, vi } from "vitest";
import { profiles, type AttemptContext } from "../../../../src/delivery/profiles";
import { checkTemplate } from "../../../../src/delivery/templates";
import { exampleAnalysis, exampleCall } from "../../../../src/events";
import { attemptOf } from "./attempt";

const { voicesense } = profiles;

const SCORED = {
  analysis: {
    ...exampleAnalysis,
    id: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
    measures: { ...exampleAnalysis.measures, duration_seconds: 305.57, talk_seconds: [0, 207.6] },
    scores: [null, { Engaged: 2, Attentive: 4, EnergyLevel: 10 }],
  },
  call: { ...exampleCall, external_id: "7c2eef00-3134-40ed-a779-8a34c9048ba8" },
};

async function bodyOf(overrides: Partial<AttemptContext> = {}): Promise<string> {
  const context = attemptOf("analysis.completed", {
    data: SCORED,
    secrets: ["qn38UciAEBTR1vlWPyPR205U438I6PAS"],
    ...overrides,
  });
  return (await voicesense.request(context)).body;
}

describe("the voicesense profile", () => {
  it("sends exactly the seed's seven keys", async () => {
    expect(await bodyOf()).toBe(
      JSON.stringify({
        StreamId: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
        ReferenceId: "7c2eef00-3134-40ed-a779-8a34c9048ba8",
        PredictorState: 0,
        AudioDuration: 305.57,
        ScoreLeft: { Scores: null, TalkDuration: 0 },
        ScoreRight: { Scores: { Engaged: 2, Attentive: 4, EnergyLevel: 10 }, TalkDuration: 208 },
        ErrorMessage: null,
      }),
    );
  });

  it("reports a failure with its reason", async () => {
    const analysis = { ...SCORED.analysis, state: "failed", reason: "corrupt: no frame", measures: null, scores: null };
    expect(JSON.parse(await bodyOf({ type: "analysis.failed", data: { ...SCORED, analysis } }))).toEqual({
      StreamId: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
      ReferenceId: "7c2eef00-3134-40ed-a779-8a34c9048ba8",
      PredictorState: 1,
      AudioDuration: 0,
      ScoreLeft: { Scores: null, TalkDuration: 0 },
      ScoreRight: { Scores: null, TalkDuration: 0 },
      ErrorMessage: "corrupt: no frame",
    });
  });

  it("renders the seed's template as the seed prints it", async () => {
    const template = `{
   "AudioReferenceId": "{{ReferenceId}}",
   "VoicesenseId": "{{StreamId}}",
   "Score": "{{ScoreRight.Scores.Engaged}}",
   "Error": "{{ErrorMessage}}"
}`;
    expect(checkTemplate(template, voicesense, {})).toEqual([]);
    expect(JSON.parse(await bodyOf({ template }))).toEqual({
      AudioReferenceId: "7c2eef00-3134-40ed-a779-8a34c9048ba8",
      VoicesenseId: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
      Score: "2",
      Error: "null",
    });
  });

  it.for([
    ["a number outside quotes", "{{ScoreRight.Scores.Engaged}}", 2],
    ["null outside quotes", "{{ErrorMessage}}", null],
    [
      "an object outside quotes",
      "{{ ScoreRight }}",
      { Scores: { Engaged: 2, Attentive: 4, EnergyLevel: 10 }, TalkDuration: 208 },
    ],
    ["an object inside quotes", '"{{ScoreLeft}}"', '{"Scores":null,"TalkDuration":0}'],
    ["a score nobody gave", "{{ScoreRight.Scores.Nobody}}", null],
    ["a score of a side without any", '"{{ScoreLeft.Scores.Engaged}}"', "null"],
    ["a text outside quotes", "{{StreamId}}", "3a0440bf-7220-4a42-9245-7e7ea4bf6560"],
    ["a version", '"v{{EngineVersion}}"', `v${exampleAnalysis.engine_version}`],
    ["the company", '"{{CompanyId}}"', "org_1"],
    ["several in one text", '"{{ AudioDuration }} s, {{ScoreRight.TalkDuration}} s"', "305.57 s, 208 s"],
  ] as const)("fills in %s", async ([, variable, expected]) => {
    const template = `{"value": ${variable}}`;
    expect(checkTemplate(template, voicesense, {})).toEqual([]);
    expect(JSON.parse(await bodyOf({ template }))).toEqual({ value: expected });
  });

  it("allows exactly the paths of the seed", () => {
    const valid = [
      "PredictorState",
      "AudioDuration",
      "StreamId",
      "ReferenceId",
      "EngineVersion",
      "CompanyId",
      "ErrorMessage",
      "ScoreLeft",
      "ScoreRight",
      "ScoreLeft.TalkDuration",
      "ScoreRight.TalkDuration",
      "ScoreLeft.Scores",
      "ScoreRight.Scores",
      "ScoreLeft.Scores.Engaged",
      "ScoreRight.Scores.anything at all",
    ];
    for (const path of valid) expect([path, voicesense.isTemplatePath(path)]).toEqual([path, true]);
    const invalid = [
      "",
      "Score",
      "streamid",
      "ScoreLeft.",
      "ScoreLeft.Scores.",
      "ScoreLeft.Scores.A.B",
      "ScoreLeft.Talk",
      "data",
      "__proto__",
    ];
    for (const path of invalid) expect([path, voicesense.isTemplatePath(path)]).toEqual([path, false]);
  });

  it("sends a second header with the old secret only while there is one", async () => {
    const context = attemptOf("analysis.completed", { data: SCORED, secrets: ["new secret", "old secret"] });
    expect((await voicesense.request(context)).headers).toHaveProperty("X-Voicesense-Signature-Previous");
    const after = await voicesense.request({ ...context, secrets: ["new secret"] });
    expect(after.headers).not.toHaveProperty("X-Voicesense-Signature-Previous");
  });

  it("waits ten seconds for an answer", () => {
    expect(voicesense.policy.timeout).toBe(10_000);
  });

  it("favours no letter: bytes beyond the last whole round are thrown away", () => {
    const bytes = [250, 255, 0, 61, 62, 247];
    const random = vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      if (array instanceof Uint8Array) array.forEach((_, index) => (array[index] = bytes[index % bytes.length] ?? 0));
      return array;
    });
    expect(voicesense.newSecret()).toMatch(/^(?:A9A9)+/);
    random.mockRestore();
  });

  it("makes secrets in the form of the seed's", () => {
    for (let round = 0; round < 100; round += 1) expect(voicesense.newSecret()).toMatch(/^[A-Za-z0-9]{32}$/);
  });
});
