import type { Guide, GuideContext } from "../guide";
import {
  answer,
  answersOf,
  campaignLine,
  ENDS_IN_REVIEW,
  MAKE_A_CALL,
  MAKE_API_KEY,
  NEEDS_API_KEY,
  optional,
  required,
} from "../guide-pieces";
import type { FreeswitchSettings } from "./settings";

/** How FreeSWITCH is connected: mod_json_cdr posts to us, and its recordings are served over https. */
export function guide({ webhookUrl, source, campaign }: GuideContext<FreeswitchSettings>): Guide {
  const { recording_url_template: template = "none: set it to fetch recordings" } = source.settings;
  return {
    title: `Connect FreeSWITCH: ${source.name}`,
    summary:
      "When a call ends, mod_json_cdr posts its record; Trunkline fetches the recording from where you serve it.",
    before: [NEEDS_API_KEY, "Access to the server's configuration, and mod_json_cdr loaded.", campaignLine(campaign)],
    request: [
      { name: "url", value: webhookUrl },
      { name: "auth-scheme", value: "basic" },
      {
        name: "cred",
        value: "trunkline:YOUR_API_KEY",
        secret: true,
        note: "The key is the password; the user is any word.",
      },
      { name: "Recordings", value: template, note: "The setting recording_url_template." },
    ],
    headers: [{ name: "Authorization", value: "Basic …", note: "Made by FreeSWITCH from cred." }],
    snippets: [
      {
        title: "autoload_configs/json_cdr.conf.xml",
        language: "xml",
        text: `<configuration name="json_cdr.conf" description="JSON CDR to Trunkline">
  <settings>
    <param name="log-b-leg" value="false"/>
    <param name="prefix-a-leg" value="false"/>
    <param name="encode" value="false"/>
    <param name="encode-values" value="${source.settings.encoded_values ?? false}"/>
    <param name="url" value="${webhookUrl}"/>
    <param name="auth-scheme" value="basic"/>
    <param name="cred" value="trunkline:YOUR_API_KEY"/>
    <param name="retries" value="3"/>
    <param name="delay" value="5"/>
    <param name="enable-cacert-check" value="true"/>
    <param name="log-http-and-disk" value="false"/>
    <param name="err-log-dir" value="/var/log/freeswitch/json_cdr_failed"/>
  </settings>
</configuration>`,
      },
      {
        title: "In the dialplan, before the bridge: record, and say where",
        language: "xml",
        text: `<action application="set" data="record_file=$\${recordings_dir}/\${strftime(%Y/%m/%d)}/\${uuid}.wav"/>
<action application="record_session" data="\${record_file}"/>`,
      },
      {
        title: "Load it",
        language: "sh",
        text: `fs_cli -x "load mod_json_cdr" -x "reloadxml"`,
      },
      {
        title: "Without FreeSWITCH at hand: what it posts",
        language: "sh",
        text: `curl -sS -u "trunkline:YOUR_API_KEY" ${webhookUrl} --data-urlencode 'cdr={"variables":{
  "uuid":"b7b3ff47-9ed4-4a2b-9b3f-6a8f0c1e2d30","call_direction":"inbound","caller_id_number":"%2B541155550100",
  "destination_number":"300","start_epoch":"1770730245","answer_epoch":"1770730250","end_epoch":"1770730370","duration":"125",
  "billsec":"120","hangup_cause":"NORMAL_CLEARING","record_file":"%2Frecordings%2Fa.wav"}}'`,
      },
    ],
    steps: [
      MAKE_API_KEY,
      { title: "Configure mod_json_cdr", text: "Write the configuration with your key, and load the module." },
      {
        title: "Serve the recordings",
        text: "Serve the recordings' folder over https, and set recording_url_template to its address: `{variable}` in it is a channel variable, path and all, `{variable:name}` its last part, `{file}` the recording's file; after the host only. Without it no recording is fetched: a script may upload them, as for Asterisk.",
      },
      MAKE_A_CALL,
    ],
    variables: [
      required("uuid", "The leg's id: the call's, on the leg that began it."),
      optional("originating_leg_uuid", "On other legs: the leg that began the call. Also call_uuid."),
      optional("from", "Who called.", "caller_id_number"),
      optional("to", "Who was called.", "destination_number"),
      optional("times", "When; the _uepoch ones are finer and win.", "start_epoch, answer_epoch, end_epoch"),
      optional("duration", "How long, and how long they talked.", "duration, billsec"),
      optional(
        "status",
        "Completed if it was answered; else failed, with this cause. Failed too: who left a queue (`cc_cause`) or a voicemail (`voicemail_message_len`) and was joined to nobody.",
        "hangup_cause",
      ),
      optional(
        "direction",
        "inbound, outbound or local, as FusionPBX sets it. Else by `user_name`: a leg that an extension began goes out, or stays inside if the number is as short as an extension's. One that the switch began itself goes out if it has a `sip_gateway_name`.",
        source.settings.direction_variable ?? "call_direction",
      ),
      optional(
        "operator",
        "The agent's name: `cc_agent`, else the caller's of an outbound call, the callee's of an inbound one.",
        source.settings.operator_variable ?? "cc_agent, caller_id_name, last_sent_callee_id_name",
      ),
      optional(
        "recording",
        "The file, for recording_url_template.",
        source.settings.recording_variable ?? "record_file, record_path and record_name",
      ),
      optional("account", "`settings.campaigns` maps it to campaigns.", "accountcode, domain_name"),
    ],
    reading: [
      {
        what: "Other legs (`log-b-leg`)",
        meaning:
          "They add who answered, and their recordings, and decide nothing that the first leg can say. If only they come, the call stays in progress until it is closed by itself.",
      },
      {
        what: "`encode` and `encode-values`",
        meaning:
          "Every pair is read, of every release; the pair above keeps each name whole. With both on, modules before September 2026 put bare quotes and line breaks into the JSON; such a record is cut apart by its names. With `encode-values` on, a value of nothing but letters outside ASCII loses its last byte in the switch.",
      },
      { what: "A name that is not UTF-8", meaning: "Read as windows-1252; it costs no call." },
    ],
    rules: [
      "All legs of a call are one call here. The leg that began it says how it was; other legs add who answered, and recordings.",
      "Posting the first leg is enough, and what mod_json_cdr does unless log-b-leg is on.",
    ],
    answers: answersOf({
      bodyCap: 2_097_152,
      unauthorized: { unknown_key: "`cred` holds no valid key" },
      more: [answer(400, "not_a_cdr", "The body holds no variables: it is no record of mod_json_cdr.")],
      missing: "`variables.uuid`.",
      again: "mod_json_cdr tries again as `retries` says, then writes the record to `err-log-dir`",
    }),
    next: ["The call appears as soon as it has ended.", ...ENDS_IN_REVIEW],
    trouble: [
      {
        symptom: "401 unauthorized",
        remedy: "cred must be a word, a colon, and the API key; auth-scheme must be basic.",
      },
      {
        symptom: "Names look like Luc%C3%ADa",
        remedy: "encode-values is on there and encoded_values is false here: leave encoded_values out.",
      },
      {
        symptom: "Calls without a recording",
        remedy:
          "recording_url_template is not set, the dialplan does not set the variable, or the file is not served: `GET /v1/recordings?state=failed`.",
      },
      {
        symptom: "Calls stay in progress",
        remedy: "Only other legs are posted: set log-b-leg to false, or let the first leg be posted too.",
      },
    ],
  };
}
