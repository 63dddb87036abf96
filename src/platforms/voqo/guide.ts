import type { Guide, GuideContext } from "../guide";
import { DEFAULT_MAX_EVENT_AGE_HOURS, type VoqoSettings } from "./settings";

/** How Voqo is connected (seed "Developer Tools Configuration"). */
export function guide({ webhookUrl, source }: GuideContext<VoqoSettings>): Guide {
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
    snippets: [],
    steps: [
      { title: "Open Developer Tools", text: "The link is in the footer of the Voqo dashboard." },
      { title: "Create a webhook secret", text: "Paste the address as HTTPS endpoint URL, save, and copy the secret." },
      { title: "Give Trunkline the secret", text: "Rotate this source's secret to the one you copied." },
      { title: "Call", text: "Let an agent take a short call and look into the inbound log." },
    ],
    variables: [
      { field: "data.id", variable: "id", purpose: "Tells calls apart.", required: true },
      {
        field: "data.agent_id",
        variable: "agent_id",
        purpose: "The machine that spoke; the setting `campaigns` may map it to a campaign.",
        required: false,
      },
      {
        field: "data.transcript, call_summary, timestamps",
        variable: "transcript",
        purpose: "What was said, kept with the call.",
        required: false,
      },
      {
        field: "data.recording_url",
        variable: "recording_url",
        purpose: "Where the recording is; it is fetched before the link expires.",
        required: false,
      },
    ],
    rules: [
      "A request without a good signature, or with a timestamp more than five minutes from now, is refused with 401.",
      `So is an event that says it is from the future, or more than ${hours} hours old: the timestamp header is not signed, the event's is.`,
      "A status other than completed is a failed call; busy and the like become its error.",
    ],
    next: [
      "The call appears with its conversation.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy: "The source holds another secret than Voqo: rotate to the one Voqo shows.",
      },
      {
        symptom: "refused: event_too_old",
        remedy: "Voqo sends old calls again: raise `max_event_age_hours` while it does.",
      },
      {
        symptom: "All calls are in quarantine: no_campaign",
        remedy: "Give the source a campaign, or map agent ids to campaigns in the setting `campaigns`.",
      },
    ],
  };
}
