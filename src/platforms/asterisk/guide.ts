import type { Guide, GuideContext } from "../guide";
import type { AsteriskSettings } from "./settings";
import { uploadScript } from "./guide-upload-script";

/** How Asterisk is connected: by a script that runs after each recording. Or by a notice, where recordings are served. */
export function guide({ webhookUrl, publicUrl, source, campaign }: GuideContext<AsteriskSettings>): Guide {
  return {
    title: `Connect Asterisk or FreePBX: ${source.name}`,
    summary:
      "After each call, Asterisk runs a script that uploads the recording; the call enters on its own. What cannot be sent waits on the PBX.",
    before: [
      "An API key of Trunkline.",
      "A shell on the PBX, with curl.",
      campaign
        ? `The calls go to Campaign #${campaign.number}, ${campaign.name}.`
        : "A campaign: bind the source to one.",
    ],
    request: [
      { name: "Recordings", value: `${publicUrl}/v1/uploads`, note: "What the script posts to." },
      { name: "Notices", value: webhookUrl, note: "Instead of the script: the CDR's fields as JSON." },
    ],
    headers: [
      { name: "X-API-Key", value: "YOUR_API_KEY", secret: true, note: "The script reads it from /etc/trunkline/key." },
    ],
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
same => n,MixMonitor(\${NAME}.wav,,/usr/local/bin/trunkline-upload "^{NAME}.wav" "^{CHANNEL(linkedid)}")`,
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
      { title: "Make an API key", text: "Make one under API keys and copy it: it is shown once." },
      { title: "Install the script", text: "Save it, make it executable, and put the key into its file." },
      {
        title: "Let Asterisk run it",
        text: "Paste the line for FreePBX or for your dialplan, and apply the configuration.",
      },
      {
        title: "Call",
        text: "Make a short recorded call and look for it here. The script tells what it does in the system log, as trunkline-upload.",
      },
    ],
    variables: [
      required("linkedid", "Tells calls apart: all legs and transfers of one share it. Else uniqueid."),
      optional("from", "Who called. Else the number in clid, or the one in the file's name.", "src"),
      optional("to", "Who was called. Else the one in the file's name.", "dst"),
      optional("calldate", "When it began, on the PBX's clock: set the source's time zone."),
      optional("duration", "How long, and how long they talked.", "duration, billsec"),
      optional("disposition", "ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION."),
      optional("operator", "The agent's name: dst_cnam of an inbound call, cnam of others.", "operator, cnam, dst_cnam"),
      optional("recordingfile", "The file. FreePBX's name for it tells direction, numbers and date."),
      optional("recording_url", "Its address, instead of the setting recording_url_template."),
    ],
    rules: [
      'The command line holds nothing that a caller chose: a name such as "; rm -rf" would be run. Numbers go through FILTER.',
      "Recordings without sound (44 bytes and less) are not sent.",
      "Several records of a call (queue attempts, transfers) are one call here; an answered one wins.",
    ],
    next: [
      "The recording is kept as soon as it has been uploaded.",
      "Its task is created, ready for review.",
      "The call is analysed.",
    ],
    trouble: [
      {
        symptom: "Nothing comes",
        remedy: "Run the script by hand as the user asterisk with a recording's path, and look into the system log.",
      },
      {
        symptom: "Files in /var/spool/trunkline",
        remedy:
          "They wait for Trunkline to be reached. Those that end in .refused were not wanted: the system log has the status.",
      },
      {
        symptom: "Status 401 in the log",
        remedy: "The key file holds no valid key, or the user asterisk cannot read it.",
      },
      { symptom: "Times are off by hours", remedy: "Set the source's time zone to the PBX's." },
    ],
  };
}
