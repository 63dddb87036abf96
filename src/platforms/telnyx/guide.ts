import type { Guide, GuideContext } from "../guide";

/** How Telnyx is connected: the webhook of a Voice API application. */
export function guide({ webhookUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Telnyx: ${source.name}`,
    summary:
      "Telnyx tells each call's course and each saved recording here, signed with its key; the recording is fetched and the call reviewed.",
    before: [
      "The account's public key (Mission Control Portal > Keys & Credentials > Public Key), which is this source's secret.",
      "A Voice API (Call Control) application whose calls are recorded.",
      "If recordings are to be fetched later than ten minutes after they were saved: an API key, as this source's credentials.",
    ],
    request: [
      { name: "Webhook URL", value: webhookUrl },
      { name: "Webhook API version", value: "API v2" },
    ],
    headers: [
      {
        name: "telnyx-signature-ed25519",
        value: "set by Telnyx",
        note: "Ed25519 of `<timestamp>|<raw body>`, base64.",
      },
      { name: "telnyx-timestamp", value: "set by Telnyx", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [
      {
        title: "Start recording a call that was answered",
        language: "sh",
        text: `curl -X POST "https://api.telnyx.com/v2/calls/$CALL_CONTROL_ID/actions/record_start" \\
  -H "Authorization: Bearer $TELNYX_API_KEY" -H "Content-Type: application/json" \\
  -d '{"format": "mp3", "channels": "dual"}'`,
      },
    ],
    steps: [
      { title: "Secret", text: "Rotate this source's secret to the public key, unless it was made with it." },
      { title: "Webhook", text: "Voice > Voice API applications > your application: set the webhook URL, API v2." },
      {
        title: "Recordings",
        text: "Have your application start recordings, or turn on call recording for the outbound profile or number.",
      },
      {
        title: "Credentials",
        text: "Give this source api_key and set recording_links to `api`: links are then asked for when they are needed.",
      },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required("data.payload.call_session_id", "Tells calls apart; the same for all legs and recordings.", "call_session_id"),
      optional("data.payload.direction", "Which way a leg went; in call.initiated.", "direction"),
      optional("data.payload.from / to", "The two numbers.", "from, to"),
      optional("data.payload.hangup_cause", "How a leg ended.", "hangup_cause"),
      optional("data.payload.recording_urls", "Where the recording is, for ten minutes.", "recording_urls"),
      optional("data.payload.connection_id", "Which campaign, where `campaigns` maps applications.", "connection_id"),
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "normal_clearing and time_limit end a call well that was answered; call_rejected, originator_cancel, timeout, user_busy, not_found and no_answer as failed.",
      "Events about anything else are answered with 200 and ignored.",
    ],
    next: [
      "The call appears with its first event.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
    trouble: [
      { symptom: "Every event is refused: wrong_signature", remedy: "The source holds another account's public key." },
      { symptom: "A recording stays not_allowed", remedy: "Its link had died: set credentials and recording_links." },
      { symptom: "No recording", remedy: "Nothing starts one: record_start, or call recording on the profile." },
    ],
  };
}
