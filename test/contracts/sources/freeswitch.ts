import { toBase64 } from "../../../src/lib/hmac";
import { freeswitch } from "../../../src/platforms/freeswitch";
import type { SourceCase } from "../source-case";

const A_LEG = "b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30";

const variables = {
  uuid: A_LEG,
  call_uuid: A_LEG,
  direction: "inbound",
  call_direction: "inbound",
  caller_id_name: "Luc%C3%ADa%20Fern%C3%A1ndez",
  caller_id_number: "%2B541155550100",
  destination_number: "300",
  start_epoch: "1787234400",
  start_uepoch: "1787234400123456",
  answer_epoch: "1787234405",
  answer_uepoch: "1787234405123456",
  end_epoch: "1787234525",
  end_uepoch: "1787234525123456",
  duration: "125",
  billsec: "120",
  hangup_cause: "NORMAL_CLEARING",
  domain_name: "pbx.example",
  record_file: "%2Fvar%2Flib%2Ffreeswitch%2Frecordings%2F2026%2F08%2F20%2Fa.wav",
};

const good = {
  "core-uuid": "6f6f3e1e-6a25-4c36-8cf8-5a6b8d1c0e11",
  switchname: "fs1",
  channel_data: { state: "CS_REPORTING", direction: "inbound" },
  variables,
  app_log: { applications: [{ app_name: "bridge", app_data: "user/300" }] },
  callflow: [{ caller_profile: { caller_id_number: "%2B541155550100", callee_id_name: "Marta%20G%C3%B3mez" } }],
};

const bLeg = {
  ...good,
  variables: {
    ...variables,
    uuid: "0c1d2e3f-0000-4a2b-9b3f-6a8f0c1e2d31",
    originating_leg_uuid: A_LEG,
    direction: "outbound",
    dialed_user: "300",
    callee_id_name: "Marta%20G%C3%B3mez",
  },
};

const config = {
  id: "src_1",
  organizationId: "org_1",
  kind: "freeswitch",
  campaignId: null,
  settings: freeswitch.settings.parse({ recording_url_template: "https://pbx.example/recordings/{record_file:name}" }),
  secrets: [],
  state: "active" as const,
};

const common = {
  source: freeswitch,
  config,
  good,
  withUnknownFields: { ...good, future: { a: [1] }, variables: { ...variables, rtp_use_codec_name: "PCMA" } },
  notices: [bLeg, good, { ...bLeg, variables: { ...bLeg.variables, uuid: "x", billsec: "0", answer_epoch: "0" } }],
};

export const cases: SourceCase[] = [
  {
    ...common,
    name: "freeswitch, a form",
    contentType: "application/x-www-form-urlencoded",
    encode: (fields) => `cdr=${encodeURIComponent(JSON.stringify(fields))}`,
  },
  {
    ...common,
    name: "freeswitch, a base64 form",
    contentType: "application/x-www-form-base64-encoded",
    encode: (fields) => `cdr=${base64(JSON.stringify(fields))}`,
  },
  { ...common, name: "freeswitch, JSON", contentType: "application/json" },
];

function base64(text: string): string {
  return toBase64(new TextEncoder().encode(text));
}
