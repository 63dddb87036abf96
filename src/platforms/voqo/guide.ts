import type { Guide, GuideContext } from "../guide";
import {
  answersOf,
  ENDS_IN_REVIEW,
  giveTrunkline,
  heldBack,
  MAKE_A_CALL,
  noCampaign,
  optional,
  required,
} from "../guide-pieces";
import { DEFAULT_MAX_EVENT_AGE_HOURS, type VoqoSettings } from "./settings";

/** How Voqo is connected (seed "Developer Tools Configuration"). */
export function guide(context: GuideContext<VoqoSettings>): Guide {
  const { webhookUrl, source } = context;
  const hours = source.settings.max_event_age_hours ?? DEFAULT_MAX_EVENT_AGE_HOURS;
  return {
    title: `Connect Voqo: ${source.name}`,
    summary: "Voqo announces each call its agents have ended, with summary, transcript, timeline and recording.",
    before: ["Access to Developer Tools in the Voqo dashboard."],
    request: [
      { name: "HTTPS endpoint URL", value: webhookUrl },
      { name: "Event", value: "call_ended" },
    ],
    headers: [
      { name: "X-Webhook-Signature", value: "set by Voqo", note: "HMAC-SHA256 of the raw body, hexadecimal." },
      { name: "X-Webhook-Timestamp", value: "set by Voqo", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [giveTrunkline(context, { title: "Give Trunkline the secret", secret: "THE_WEBHOOK_SECRET" })],
    steps: [
      { title: "Open Developer Tools", text: "The link is in the footer of the Voqo dashboard." },
      { title: "Create a webhook secret", text: "Paste the address as HTTPS endpoint URL, save, and copy the secret." },
      { title: "Give Trunkline the secret", text: "Rotate this source's secret to the one you copied." },
      MAKE_A_CALL,
    ],
    variables: [
      required("data.id", "Tells calls apart.", "id"),
      optional(
        "data.agent_id",
        "The machine that spoke, and the account: the setting `campaigns` may map it to a campaign. No operator is made of it.",
        "agent_id",
      ),
      optional(
        "data.status, data.error",
        "`completed`; anything else is a failed call, and a word such as `busy` becomes its error.",
        "status",
      ),
      optional("data.start_time, end_time, duration", "When the call was; without an end, start and duration."),
      optional(
        "data.transcript, call_summary, timestamps, post_call_action_results",
        "The conversation, kept with the call.",
        "transcript",
      ),
      optional(
        "data.recording_url",
        "Where the recording is; it is fetched at once, since the link dies within a day.",
        "recording_url",
      ),
    ],
    reading: [{ what: "Anything else", meaning: "Kept under `custom`." }],
    rules: [
      "A request without a good signature, or with a timestamp more than five minutes from now, is refused with 401.",
      `So is an event that says it is from the future, or more than ${hours} hours old: the timestamp header is not signed, the event's is. Within that bound the same event changes nothing.`,
    ],
    answers: answersOf({
      bodyCap: 2_097_152,
      unauthorized: {
        wrong_signature: "not signed with this source's secret",
        timestamp_out_of_window: "`X-Webhook-Timestamp` is more than five minutes from now",
        event_in_future: "the event's own `timestamp` is more than five minutes ahead",
        event_too_old: `it is more than ${hours} hours ago (\`max_event_age_hours\`)`,
      },
      missing: "`event_type` or `data.id`.",
      ignored: { event_ignored: "Only `call_ended` is processed", test_event: "A test: no call is made of it" },
    }),
    next: ["The call appears with its conversation.", ...ENDS_IN_REVIEW],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy: "The source holds another secret than Voqo: rotate to the one Voqo shows.",
      },
      heldBack("Voqo"),
      {
        symptom: "refused: event_too_old",
        remedy: "Voqo sends old calls again: raise `max_event_age_hours` while it does.",
      },
      noCampaign("agent ids"),
    ],
  };
}
