import { PLATFORMS } from "../../../src/platforms";
import { hmac, toHex } from "../../../src/lib/hmac";
import type { SourceCase } from "../source-case";

// No public source: based on Voicesense's webhook documentation, its "Example Message".
const scores = {
  StreamId: "3a0440bf-7220-4a42-9245-7e7ea4bf6560",
  ReferenceId: "7c2eef00-3134-40ed-a779-8a34c9048ba8",
  PredictorState: 0,
  AudioDuration: 305.57,
  ScoreLeft: { Scores: null, TalkDuration: 0 },
  ScoreRight: {
    Scores: {
      Engaged: 5,
      Attentive: 4,
      Open: 4,
      WBEnergy: 4,
      WBEmotion: 4,
      WBSocial: 2,
      OverallWellBeing: 4,
      WBCoping: 4,
      WBStressControl: 4,
      EnergyLevel: 10,
      Attrition: 3,
      Burnout: 2,
      Satisfaction: 1,
      Depression: 1,
      AttitudeLevel: 2,
    },
    TalkDuration: 208,
  },
  ErrorMessage: null,
};

// Its "Customized Body Template", as it comes out.
const customised = {
  AudioReferenceId: "8c31983f-5cbc-4169-81ac-a4f238f10e47",
  VoicesenseId: "ae5be27e-b67d-4d89-aa0b-33eedea470f3",
  Score: "2",
  Error: "null",
};

const config = {
  id: "src_1",
  organizationId: "org_1",
  kind: "voicesense",
  campaignId: null,
  settings: {},
  secrets: ["voicesense_only_for_tests_0123456789"],
  state: "active" as const,
};

const common = {
  source: PLATFORMS.voicesense,
  contentType: "application/json",
  signing: {
    now: 1_700_000_000_000,
    signatureHeader: "x-voicesense-signature",
    timestampHeader: null,
    toleranceMs: null,
    coversBody: true,
    sign: async (body: Uint8Array<ArrayBuffer>, secret: string) => ({
      headers: { "x-voicesense-signature": toHex(await hmac("SHA-256", secret, body)) },
    }),
  },
};

export const cases: SourceCase[] = [
  {
    ...common,
    config,
    good: scores,
    withUnknownFields: { ...scores, CompanyId: 7, future: { a: [1] } },
    notices: [{ ...scores, StreamId: "another run", ErrorMessage: "No speech was found", AudioDuration: 0 }, scores],
  },
  {
    ...common,
    name: "voicesense, its template customised",
    config: {
      ...config,
      // Settings of this platform alone.
      settings: { reference_field: "AudioReferenceId", stream_field: "VoicesenseId", error_field: "Error" } as object,
    },
    good: customised,
    withUnknownFields: { ...customised, Site: "north", future: { a: [1] } },
    notices: [customised, { ...customised, Score: "4" }],
  },
];
