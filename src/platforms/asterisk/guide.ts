import type { Guide, GuideContext } from "../guide";
import {
  answersOf,
  apiKeyHeader,
  campaignLine,
  MAKE_UPLOAD_KEY,
  NEEDS_API_KEY,
  optional,
  required,
} from "../guide-pieces";
import type { AsteriskSettings } from "./settings";
import { uploadScript } from "./guide-upload-script";

/**
 * How Asterisk is connected: by a script that runs after each recording. Or by a notice, where recordings are served.
 */
export function guide({ webhookUrl, publicUrl, source, campaign }: GuideContext<AsteriskSettings>): Guide {
  return {
    title: `Connect Asterisk or FreePBX: ${source.name}`,
    summary:
      "After each call, Asterisk runs a script that uploads the recording; the call enters on its own. What cannot be sent waits on the PBX.",
    before: [NEEDS_API_KEY, "A shell on the PBX, with curl.", campaignLine(campaign)],
    request: [
      { name: "Recordings", value: `${publicUrl}/v1/uploads`, note: "What the script posts to." },
      { name: "Notices", value: webhookUrl, note: "Instead of the script: the CDR's fields as JSON." },
    ],
    headers: [apiKeyHeader("The script reads it from /etc/trunkline/key.")],
    snippets: [
      { title: "/usr/local/bin/trunkline-upload", language: "sh", text: uploadScript(publicUrl, source.id) },
      {
        title: "Install it (as root)",
        language: "sh",
        text: `chmod 755 /usr/local/bin/trunkline-upload
install -d -o asterisk -g asterisk -m 700 /etc/trunkline /var/spool/trunkline
printf '%s\\n' YOUR_API_KEY > /etc/trunkline/key
chown asterisk:asterisk /etc/trunkline/key && chmod 600 /etc/trunkline/key
echo '*/5 * * * * asterisk /usr/local/bin/trunkline-upload' > /etc/cron.d/trunkline`,
      },
      {
        title: "FreePBX: Settings > Advanced Settings > Post Call Recording Script",
        language: "text",
        text: '/usr/local/bin/trunkline-upload "^{MIXMON_DIR}^{YEAR}/^{MONTH}/^{DAY}/^{CALLFILENAME}.^{MON_FMT}" "^{CHANNEL(linkedid)}"',
      },
      {
        title: "Asterisk without FreePBX: extensions.conf",
        language: "ini",
        text: `same => n,Set(NAME=in-\${FILTER(0-9,\${EXTEN})}-\${FILTER(0-9+,\${CALLERID(num)})}-\${STRFTIME(\${EPOCH},,%Y%m%d-%H%M%S)}-\${UNIQUEID})
same => n,MixMonitor(\${NAME}.wav,,/usr/local/bin/trunkline-upload "^{MIXMONITOR_FILENAME}" "^{CHANNEL(linkedid)}")`,
      },
      {
        title: "Or a notice, with the recording served over https",
        language: "sh",
        text: `curl -sS -X POST ${webhookUrl} \\
  -H "X-API-Key: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"uniqueid":"1770719445.12","linkedid":"1770719445.12","calldate":"2026-02-10 10:30:45","src":"+541155550100","dst":"101","disposition":"ANSWERED","duration":125,"billsec":120,"recordingfile":"external-101-541155550100-20260210-103045-1770719445.12.wav"}'`,
      },
    ],
    steps: [
      MAKE_UPLOAD_KEY,
      {
        title: "Install the script",
        text: "Save it, make it executable, and put the key into its file. The line for cron sends what waits even when nobody calls.",
      },
      {
        title: "Let Asterisk run it",
        text: "Paste the line for FreePBX and apply the configuration; or the lines for your dialplan, before the `Dial` or `Queue` (for calls going out, begin the name with `out` and swap the numbers).",
      },
      {
        title: "Call",
        text: "Make a short recorded call and look for it here. The script writes into the system log when something is wrong (`journalctl -t trunkline-upload`).",
      },
    ],
    variables: [
      required("linkedid", "Tells calls apart: all legs and transfers of one share it. Else uniqueid."),
      optional("from", "Who called. Else the number in clid, or the one in the file's name.", "src"),
      optional("to", "Who was called. Else the one in the file's name.", "dst"),
      optional(
        "calldate",
        "When it began, on the PBX's clock: set the source's time zone. For later legs, when the first channel was made.",
      ),
      optional("duration", "How long, and how long they talked.", "duration, billsec"),
      optional("disposition", "ANSWERED is completed, every other is failed; none with a recording is completed."),
      optional(
        "direction",
        "inbound, outbound, internal; else by the recording's name, `did`, `outbound_cnum`, or which number is an extension (six digits or less).",
      ),
      optional(
        "operator",
        "The agent's name: dst_cnam of an inbound call, cnam of others.",
        "operator, cnam, dst_cnam",
      ),
      optional("recordingfile", "The file. FreePBX's name for it contains direction, numbers and date."),
      optional("recording_url", "Its address, instead of the setting recording_url_template."),
    ],
    reading: [
      {
        what: "The recording's name",
        meaning:
          "FreePBX's: `type-called-caller-YYYYMMDD-HHMMSS-uniqueid.wav`. `in`, `external`, `q`, `rg` are inbound, `out` outbound, `internal` internal. Another name uploads without direction, numbers and time.",
      },
      {
        what: "No answer, or 401, 409 (the source is paused), 429, 5xx",
        meaning:
          "The script tries three times, five seconds apart; then the job waits in `/var/spool/trunkline`, oldest first. A job is a few lines that name the recording, which stays where it is: do not delete recordings sooner than you can bear to be offline.",
      },
      {
        what: "400, 413, 415, 422",
        meaning: "Not wanted: the job becomes `*.refused`, and the system log has the status.",
      },
      {
        what: "`TRUNKLINE_KEY_FILE`, `TRUNKLINE_SPOOL`, `TRUNKLINE_MONITOR`, `TRUNKLINE_ATTEMPTS`, `TRUNKLINE_PAUSE`",
        meaning:
          "Set in the script's environment they change `/etc/trunkline/key`, `/var/spool/trunkline`, `/var/spool/asterisk/monitor` (for paths that are not absolute), 3 tries, 5 seconds.",
      },
      {
        what: "A notice beside the script",
        meaning:
          "With the same linkedid it is the same call: notices may come for calls that were not recorded. Everything else in one is kept under `custom`.",
      },
      {
        what: "`recording_url_template`",
        meaning:
          "`{field}` is a field of the notice, path and all, `{field:name}` its last part. `{year}`, `{month}` and `{day}` are those in FreePBX's name of the file: `https://pbx.example/monitor/{year}/{month}/{day}/{recordingfile:name}`.",
      },
    ],
    rules: [
      'The command line holds nothing that a caller chose: a name such as "; rm -rf" would be run. Numbers go through FILTER. So the script takes the recording\'s path and the linkedid only, and a third word for the operator if your dialplan has one of its own.',
      "Recordings without sound (60 bytes and less: the header of a WAV file) are not sent.",
      "Several records of a call (queue attempts, transfers) are one call here; an answered one wins.",
      "The key is in a file of its own, and never on a command line.",
    ],
    answers: answersOf({
      bodyCap: 262_144,
      unauthorized: { unknown_key: "the key is missing, wrong or revoked" },
      missing: "A notice without `linkedid` and `uniqueid`.",
    }),
    next: [
      "The recording is kept as soon as it has been uploaded.",
      "Its task is created, ready for review.",
      "The call is analysed.",
    ],
    trouble: [
      {
        symptom: "Nothing comes",
        remedy:
          "Run it by hand and look into the system log: `sudo -u asterisk /usr/local/bin/trunkline-upload /var/spool/asterisk/monitor/….wav`",
      },
      {
        symptom: "Files in /var/spool/trunkline",
        remedy:
          "They wait for Trunkline to be reached. Those that end in .refused were not wanted: the system log has the status.",
      },
      {
        symptom: "Jobs stay in the spool, status 000 in the log",
        remedy: "The PBX does not reach the address: proxy, firewall, certificates.",
      },
      {
        symptom: "Status 401 in the log",
        remedy: "The key file holds no valid key, or the user asterisk cannot read it.",
      },
      {
        symptom: "Times are off by hours",
        remedy: "For notices, set the source's time zone to the PBX's; the script sends the PBX's own zone.",
      },
    ],
  };
}
