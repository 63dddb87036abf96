import { freeswitch } from "../../../src/platforms/freeswitch";
import type { SourceCase } from "../source-case";
import { postedByJsonCdr, type JsonCdrSettings } from "./mod-json-cdr";

// Based on: mod_json_cdr.c as mod-json-cdr.ts has it; variables as switch_channel.c and switch_caller.c set them.
const A_LEG = "b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30";

const variables = {
  uuid: A_LEG,
  call_uuid: A_LEG,
  direction: "inbound",
  call_direction: "inbound",
  caller_id_name: "Lucía Fernández",
  caller_id_number: "+541155550100",
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
  last_sent_callee_id_name: "Marta Gómez",
  domain_name: "pbx.example",
  sip_full_from: '"Lucía" <sip:541155550100@192.0.2.7>;tag=as7',
  switch_r_sdp: "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\n",
  record_file: "/var/lib/freeswitch/recordings/2026/08/20/a.wav",
};

/** `switch_ivr_set_json_profile_data` writes these and no others. */
const PROFILE = {
  username: "541155550100",
  dialplan: "XML",
  caller_id_name: "Lucía Fernández",
  ani: "541155550100",
  aniii: "",
  caller_id_number: "+541155550100",
  network_addr: "192.0.2.7",
  rdnis: "",
  destination_number: "300",
  uuid: A_LEG,
  source: "mod_sofia",
  context: "public",
  chan_name: "sofia/external/541155550100@192.0.2.7",
};

const good = {
  "core-uuid": "6f6f3e1e-6a25-4c36-8cf8-5a6b8d1c0e11",
  switchname: "fs1",
  channel_data: { state: "CS_REPORTING", direction: "inbound" },
  variables,
  app_log: { applications: [{ app_name: "bridge", app_data: "user/300" }] },
  callflow: [{ caller_profile: PROFILE }],
};

const bLeg = {
  ...good,
  variables: {
    ...variables,
    uuid: "0c1d2e3f-0000-4a2b-9b3f-6a8f0c1e2d31",
    originating_leg_uuid: A_LEG,
    direction: "outbound",
    dialed_user: "300",
    callee_id_name: "Marta Gómez",
  },
};

const unansweredLeg = {
  ...good,
  variables: { ...variables, billsec: "0", answer_epoch: "0", answer_uepoch: "0", hangup_cause: "USER_BUSY" },
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

const settings: [name: string, JsonCdrSettings][] = [
  ["a form as until September 2026", { encode: "true", encodeValues: true, fixed: false }],
  ["a form", { encode: "true", encodeValues: true, fixed: true }],
  ["a base64 form", { encode: "base64", encodeValues: true, fixed: true }],
  ["JSON", { encode: "false", encodeValues: false, fixed: true }],
];

export const cases: SourceCase[] = settings.map(([name, given]) => ({
  source: freeswitch,
  config,
  name: `freeswitch, ${name}`,
  contentType: postedByJsonCdr(good, given).type,
  encode: (fields) => new TextDecoder().decode(postedByJsonCdr(fields, given).body),
  good,
  withUnknownFields: { ...good, future: { a: [1] }, variables: { ...variables, rtp_use_codec_name: "PCMA" } },
  unanswered: [
    [unansweredLeg, { ...bLeg, variables: { ...bLeg.variables, billsec: "0", answer_epoch: "0" } }],
    [{ ...good, variables: { ...variables, cc_cause: "cancel", cc_cancel_reason: "TIMEOUT" } }],
  ],
  notices: [bLeg, good, { ...bLeg, variables: { ...bLeg.variables, uuid: "x", billsec: "0", answer_epoch: "0" } }],
}));
