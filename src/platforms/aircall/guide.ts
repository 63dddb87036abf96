import type { Guide, GuideContext } from "../guide";

const EVENTS = [
  "call.created",
  "call.answered",
  "call.transferred",
  "call.hungup",
  "call.ended",
  "call.voicemail_left",
  "call.comm_assets_generated",
];

/** How Aircall is connected (Aircall's webhook reference). */
export function guide({ webhookUrl, publicUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Aircall: ${source.name}`,
    summary:
      "Aircall tells of each call as it goes on and when its recording is there. The call appears here, and its recording is kept.",
    before: ["An Aircall administrator, and an API key (API ID and API token) from the dashboard's integrations."],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Events", value: EVENTS.join(", "), note: "More do no harm: what is not about a call is ignored." },
    ],
    headers: [],
    snippets: [
      {
        title: "Make the webhook",
        language: "sh",
        text: `curl -sS -X POST https://api.aircall.io/v1/webhooks -u "$API_ID:$API_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ custom_name: "Trunkline", url: webhookUrl, events: EVENTS })}'`,
      },
      {
        title: "Give Trunkline the token and the key",
        language: "sh",
        text: `curl -sS -X POST ${publicUrl}/v1/sources/${source.id}/rotate-secret -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" -d '{"secret":"'$TOKEN'","keep_previous":false}'
curl -sS -X PATCH ${publicUrl}/v1/sources/${source.id} -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" -d '{"credentials":{"api_id":"'$API_ID'","api_token":"'$API_TOKEN'"}}'`,
      },
    ],
    steps: [
      {
        title: "Make the webhook",
        text: "Run the first command, or make it in the dashboard. The answer holds `token`.",
      },
      { title: "Give Trunkline the token", text: "It is this source's secret: every notice carries it." },
      {
        title: "Give Trunkline the API key",
        text: "With it expired links are renewed and missed calls are found. Without it a recording that is not fetched within minutes is lost.",
      },
      { title: "Call", text: "Make a short recorded call and look into the inbound log." },
    ],
    variables: [
      { field: "data.id", variable: "id", purpose: "Tells calls apart.", required: true },
      {
        field: "data.answered_at",
        variable: "answered_at",
        purpose: "Empty at the end of a call nobody took: it has failed.",
        required: false,
      },
      { field: "data.user", variable: "user", purpose: "The operator, by name and id.", required: false },
      {
        field: "data.number.id",
        variable: "number.id",
        purpose: "The line. `settings.campaigns` maps lines to campaigns.",
        required: false,
      },
      {
        field: "data.recording / data.voicemail",
        variable: "recording",
        purpose: "Links to the audio, good for minutes.",
        required: false,
      },
    ],
    rules: [
      "A notice whose token is not this source's is refused with 401.",
      "Aircall switches a webhook off that fails again and again: a paused source still answers 200.",
    ],
    next: [
      "The call appears with its first notice.",
      "It ends with call.ended, half a minute after hanging up.",
      "Its recording and voicemail are fetched and kept.",
    ],
    trouble: [
      {
        symptom: "Every notice is refused: wrong_token",
        remedy: "The webhook was made anew: rotate this source's secret to its token.",
      },
      {
        symptom: "Recordings fail: not_allowed",
        remedy: "The link has expired, and the source has no working API key.",
      },
      {
        symptom: "Nothing comes any more",
        remedy: "Aircall has deactivated the webhook after failures: activate it again in the dashboard.",
      },
    ],
  };
}
