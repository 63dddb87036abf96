import { asterisk } from "../../../src/platforms/asterisk";
import type { SourceCase } from "../source-case";

// Based on: asterisk, main/cdr.c (the record's names, `ast_cdr_disp2str`) and cdr backends that write it to SQL;
// FreePBX, core module, context sub-record-check: `CALLFILENAME` (type, called, FROMEXTEN, TIMESTR, UNIQUEID) and
// `CDR(recordingfile)`. What posts it is the dialplan of our guide, run by test/peers/asterisk-script.test.ts.
const good = {
  calldate: "2026-08-20 11:00:00",
  clid: '"Ana" <541155550100>',
  src: "541155550100",
  dst: "101",
  disposition: "ANSWERED",
  duration: 125,
  billsec: 120,
  uniqueid: "1787234400.12",
  linkedid: "1787234400.12",
  did: "541155550199",
  recordingfile: "external-101-541155550100-20260820-110000-1787234400.12.wav",
  cnum: "541155550100",
  cnam: "Ana",
  dst_cnam: "Marta Gómez",
  channel: "PJSIP/trunk-0000000c",
};

export const cases: SourceCase[] = [
  {
    source: asterisk,
    config: {
      id: "src_1",
      organizationId: "org_1",
      kind: "asterisk",
      campaignId: null,
      settings: asterisk.settings.parse({
        time_zone: "America/Argentina/Buenos_Aires",
        recording_url_template: "https://pbx.example/monitor/{year}/{month}/{day}/{recordingfile}",
      }),
      secrets: [],
      state: "active",
    },
    contentType: "application/json",
    good,
    withUnknownFields: { ...good, future: { a: [1] }, userfield: "x" },
    unanswered: [
      [
        { ...good, disposition: "BUSY", billsec: 0, recordingfile: "" },
        { ...good, disposition: "NO ANSWER", billsec: 0, recordingfile: "", uniqueid: "1787234401.13" },
      ],
      // The switch answers itself to play music, or to take a message.
      [
        { ...good, lastapp: "Queue", dstchannel: "" },
        { ...good, disposition: "NO ANSWER", billsec: 0 },
      ],
      [{ ...good, lastapp: "VoiceMail", dstchannel: "" }],
    ],
    notices: [
      { ...good, disposition: "NO ANSWER", billsec: 0, dst: "100", recordingfile: "" },
      good,
      { ...good, uniqueid: "1787234460.14", calldate: "2026-08-20 11:01:00", dst: "102", dst_cnam: "Julia Paz" },
    ],
  },
];
