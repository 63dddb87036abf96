import { PLATFORMS } from "../../../src/platforms";
import { INBOUND_CALL } from "../../fixtures/anura-template";
import type { SourceCase } from "../source-case";

// No public source: based on the documentation of AuditorIA's Anura integration, its template character for character.
const end = { ...INBOUND_CALL, campaign_id: 1 };
const recording = { ...end, hooktrigger: "RECORDING", audio_file_mp3: "https://pbx.example/download/12345.mp3" };

const anura: Omit<SourceCase, "name" | "contentType"> = {
  source: PLATFORMS.anura,
  config: {
    id: "src_1",
    organizationId: "org_1",
    kind: "anura",
    campaignId: null,
    settings: {},
    secrets: [],
    state: "active",
  },
  good: end,
  withUnknownFields: { ...end, callingname: "Ana", future: '{"a":[1]}' },
  unanswered: [
    [
      { ...end, hooktrigger: "START", status: "ringing", duration: "", billseconds: "" },
      { ...end, status: "busy", billseconds: 0, audio_file_mp3: "" },
    ],
  ],
  notices: [
    { ...end, hooktrigger: "START", status: "ringing", duration: "", billseconds: "" },
    { ...end, audio_file_mp3: "" },
    recording,
    { ...recording, status: "", duration: "", billseconds: "", queuename: "ventas" },
  ],
};

export const cases: SourceCase[] = [
  { ...anura, contentType: "application/json" },
  {
    ...anura,
    name: "anura as a form",
    contentType: "application/x-www-form-urlencoded",
    encode: (fields) =>
      new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, textOf(value)])).toString(),
  },
];

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
