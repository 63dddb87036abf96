import type { Guide, GuideContext } from "../guide";
import { answer, answersOf, giveTrunkline, MAKE_A_CALL, optional, required } from "../guide-pieces";

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
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  const subscription = {
    endpoint_id: "ENDPOINT_ID",
    call_states: STATES,
    target_type: "office",
    target_id: "OFFICE_ID",
    enabled: true,
  };
  return {
    title: `Connect Dialpad: ${source.name}`,
    summary:
      "Dialpad sends each state of a call in a signed token. Recording, transcript and summary follow once they are made.",
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
  -d '${JSON.stringify(subscription)}'`,
      },
      giveTrunkline(context, {
        title: "Give Trunkline the API key",
        credentials: { api_key: "YOUR_DIALPAD_KEY" },
      }),
    ],
    steps: [
      { title: "Make the webhook", text: "With this source's secret. Its answer holds an id." },
      { title: "Subscribe it", text: "To the call events of an office, a department, a call center or a user." },
      { title: "Give Trunkline the API key", text: "Recordings are fetched with it." },
      MAKE_A_CALL,
    ],
    variables: [
      required("call_id", "Tells calls apart. A transferred call has one for each leg."),
      required("state", "What has happened; hangup ends the call."),
      optional("target", "The operator, where its type is user, by name and as `dialpad:user:{id}`."),
      optional("recording_details", "Recordings, each with an id and a link."),
      optional("transcription_text", "The transcript."),
    ],
    reading: [
      { what: "`calling`, `ringing`, `connected`, `hold`, …", meaning: "The call is in progress." },
      { what: "`hangup`", meaning: "Completed, or failed where `date_connected` is empty." },
      { what: "`missed`", meaning: "Failed." },
      { what: "`call_transcription`, `recap_summary`", meaning: "Transcript and summary." },
      { what: "Office, department or call center", meaning: "The account that `settings.campaigns` maps." },
      {
        what: "Transferred calls",
        meaning:
          "Each leg is a call of its own, as it is in Dialpad; `master_call_id` and its like are kept under `custom`.",
      },
    ],
    rules: [
      "A body that is not signed with this source's secret is refused with 401, plain JSON too.",
      "States that are about something else are answered with 200 and ignored.",
    ],
    answers: answersOf({
      bodyCap: 2_097_152,
      json: false,
      unauthorized: {
        not_signed: "plain JSON",
        wrong_algorithm: "not signed with HS256",
        wrong_signature: "signed with another secret",
      },
      more: [answer(400, "not_a_token", "The body is no token with a JSON object in it.")],
      missing: "`call_id` or `state`.",
      ignored: { event_ignored: "Not a call's event", state_ignored: "The state says nothing about the call itself" },
    }),
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
