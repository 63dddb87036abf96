import type { Guide, GuideContext } from "../guide";
import type { FreeswitchSettings } from "./settings";

/** How FreeSWITCH is connected: mod_json_cdr posts to us, and its recordings are served over https. */
export function guide({ webhookUrl, source, campaign }: GuideContext<FreeswitchSettings>): Guide {
  const { recording_url_template: template = "none: set it to fetch recordings" } = source.settings;
  return {
    title: `Connect FreeSWITCH: ${source.name}`,
    summary:
      "When a call ends, mod_json_cdr posts its record; Trunkline fetches the recording from where you serve it.",
    before: [
      "An API key of Trunkline.",
      "Access to the server's configuration, and mod_json_cdr loaded.",
      campaign
        ? `The calls go to Campaign #${campaign.number}, ${campaign.name}.`
        : "A campaign: bind the source to one.",
    ],
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
    ],
    steps: [
      { title: "Make an API key", text: "Make one under API keys and copy it: it is shown once." },
      { title: "Configure mod_json_cdr", text: "Write the configuration with your key, and load the module." },
      {
        title: "Serve the recordings",
        text: "Serve the recordings' folder over https, and set recording_url_template to its address with {record_file:name} or another variable in it.",
      },
      { title: "Call", text: "Make a short recorded call and look for it here." },
    ],
    variables: [
      required("uuid", "The leg's id: the call's, on the leg that began it."),
      optional("originating_leg_uuid", "On other legs: the leg that began the call. Also call_uuid."),
      optional("from", "Who called.", "caller_id_number"),
      optional("to", "Who was called.", "destination_number"),
      optional("times", "When; the _uepoch ones are finer and win.", "start_epoch, answer_epoch, end_epoch"),
      optional("duration", "How long, and how long they talked. Talk makes the call completed.", "duration, billsec"),
      optional("status", "How it ended.", "hangup_cause"),
      optional("direction", "inbound, outbound or local.", source.settings.direction_variable ?? "call_direction"),
      optional("operator", "The agent's name.", source.settings.operator_variable ?? "cc_agent, caller_id_name, last_sent_callee_id_name"),
      optional("recording", "The file, for recording_url_template.", source.settings.recording_variable ?? "record_file, record_path and record_name"),
    ],
    rules: [
      "All legs of a call are one call here. The leg that began it says how it was; other legs add who answered, and recordings.",
      "Posting the first leg is enough, and what mod_json_cdr does unless log-b-leg is on.",
      "A call nobody answered is failed, with its hangup cause. So is one that left a queue or a voicemail and reached nobody.",
      "Records are read under every pair of encode and encode-values. With encode on and encode-values on, modules before September 2026 spoil quotes in names; the pair above spoils nothing.",
    ],
    next: [
      "The call appears as soon as it has ended.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
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
        remedy: "recording_url_template is not set, the dialplan does not set the variable, or the file is not served.",
      },
      {
        symptom: "Calls stay in progress",
        remedy: "Only other legs are posted: set log-b-leg to false, or let the first leg be posted too.",
      },
    ],
  };
}
