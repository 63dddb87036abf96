import type { Guide, GuideContext } from "../guide";

const STATES = [
  "calling",
  "ringing",
  "connected",
  "hangup",
  "missed",
  "recording",
  "voicemail_uploaded",
  "call_transcription",
  "recap_summary",
];

/** How Dialpad is connected (Dialpad's API specification: webhooks, call event subscriptions). */
export function guide({ webhookUrl, publicUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Dialpad: ${source.name}`,
    summary:
      "Dialpad tells of each state of a call in a signed token. Recording, transcript and summary follow once they are made.",
    before: [
      "A company administrator's API key of Dialpad; for recordings with the scope recordings_export.",
      "This source's secret, shown when it was made.",
    ],
    request: [
      { name: "hook_url", value: webhookUrl },
      {
        name: "secret",
        value: "this source's secret",
        note: "Without it Dialpad signs nothing, and everything is refused.",
        secret: true,
      },
      { name: "call_states", value: STATES.join(", ") },
    ],
    headers: [],
    snippets: [
      {
        title: "Make the webhook, then subscribe it to call events",
        language: "sh",
        text: `curl -sS -X POST https://dialpad.com/api/v2/webhooks -H "Authorization: Bearer $DIALPAD_KEY" \\
  -H "Content-Type: application/json" -d '{"hook_url":"${webhookUrl}","secret":"YOUR_SECRET"}'
# {"id": …}: the endpoint_id of the next
curl -sS -X POST https://dialpad.com/api/v2/subscriptions/call -H "Authorization: Bearer $DIALPAD_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ endpoint_id: "ENDPOINT_ID", call_states: STATES, target_type: "office", target_id: "OFFICE_ID", enabled: true })}'`,
      },
      {
        title: "Give Trunkline the API key",
        language: "sh",
        text: `curl -sS -X PATCH ${publicUrl}/v1/sources/${source.id} -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" -d '{"credentials":{"api_key":"'$DIALPAD_KEY'"}}'`,
      },
    ],
    steps: [
      { title: "Make the webhook", text: "With this source's secret. Its answer holds an id." },
      { title: "Subscribe it", text: "To the call events of an office, a department, a call center or a user." },
      { title: "Give Trunkline the API key", text: "Recordings are fetched with it." },
      { title: "Call", text: "Make a short recorded call and look into the inbound log." },
    ],
    variables: [
      {
        field: "call_id",
        variable: "call_id",
        purpose: "Tells calls apart. A transferred call has one for each leg.",
        required: true,
      },
      { field: "state", variable: "state", purpose: "What has happened; hangup ends the call.", required: true },
      { field: "target", variable: "target", purpose: "The operator, where its type is user.", required: false },
      {
        field: "recording_details",
        variable: "recording_details",
        purpose: "Recordings, each with an id and a link.",
        required: false,
      },
      { field: "transcription_text", variable: "transcription_text", purpose: "The transcript.", required: false },
    ],
    rules: [
      "A body that is not signed with this source's secret is refused with 401, plain JSON too.",
      "States that are about something else are answered with 200 and ignored.",
    ],
    next: [
      "The call appears with its first event.",
      "It ends with hangup.",
      "Recordings, transcript and summary are added as they come.",
    ],
    trouble: [
      { symptom: "Every event is refused: not_signed", remedy: "The webhook has no secret: make it anew with one." },
      { symptom: "Every event is refused: wrong_signature", remedy: "It has another secret than this source." },
      { symptom: "Recordings fail: not_allowed", remedy: "The API key lacks recordings_export, or is missing." },
      {
        symptom: "No recordings at all",
        remedy: "Dialpad leaves links out unless the key that subscribed has recordings_export.",
      },
    ],
  };
}
