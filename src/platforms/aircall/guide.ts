import type { Guide, GuideContext } from "../guide";
import { answersOf, giveTrunkline, MAKE_A_CALL, optional, required } from "../guide-pieces";

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
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  return {
    title: `Connect Aircall: ${source.name}`,
    summary:
      "Aircall sends a notice for each step of a call and when its recording is there. The call appears here, and its recording is kept.",
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
      giveTrunkline(context, {
        title: "Give Trunkline the token and the key",
        secret: "THE_TOKEN",
        credentials: { api_id: "YOUR_API_ID", api_token: "YOUR_API_TOKEN" },
      }),
    ],
    steps: [
      {
        title: "Make the webhook",
        text: "Run the first command, or make it in the dashboard. The answer holds `token`.",
      },
      {
        title: "Give Trunkline the token",
        text: "It is this source's secret: every notice carries it, and it is all the proof there is.",
      },
      {
        title: "Give Trunkline the API key",
        text: "With it expired links are renewed and missed calls are found. Without it a recording that is not fetched within minutes is lost.",
      },
      MAKE_A_CALL,
    ],
    variables: [
      required("data.id", "Tells calls apart.", "id"),
      optional("data.answered_at", "Empty at the end of a call nobody took: it has failed.", "answered_at"),
      optional("data.user", "The operator, by name and as `aircall:user:{id}`.", "user"),
      optional("data.number.id", "The line. `settings.campaigns` maps lines to campaigns.", "number.id"),
      optional("data.recording / data.voicemail", "Links to the audio, good for minutes.", "recording"),
    ],
    reading: [
      {
        what: "`call.created`, `call.answered`, `call.transferred`, `call.hungup`",
        meaning: "The call is in progress.",
      },
      {
        what: "`call.ended` (half a minute after hanging up)",
        meaning: "Completed, or failed where `answered_at` is empty.",
      },
      { what: "`recording`, `voicemail`", meaning: "Two recordings of the call, each fetched and kept." },
      { what: "Tags, comments, assignments, users", meaning: "Ignored, with 200." },
    ],
    rules: [
      "A notice whose token is not this source's is refused with 401.",
      "Aircall switches a webhook off that fails again and again: a paused source still answers 200.",
    ],
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: { missing_token: "no token in the body", wrong_token: "the token of another webhook" },
      more: [{ status: 415, reason: "not_json_content", meaning: "The content type is not JSON." }],
      missing: "`event`, or the call's id.",
      ignored: { event_ignored: "The event is not about a call" },
    }),
    next: [
      "The call appears with its first notice.",
      "It ends with call.ended.",
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
