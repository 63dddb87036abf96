import type { Guide, GuideContext } from "../guide";
import { OUTCOMES } from "./map";
import type { Net2phoneSettings } from "./settings";

/** How net2phone is connected: app.net2phone.com, Settings > API > Webhook. */
export function guide({ webhookUrl, source }: GuideContext<Net2phoneSettings>): Guide {
  return {
    title: `Connect net2phone: ${source.name}`,
    summary: "net2phone announces each call and its recording here; Trunkline fetches the recording with your API key.",
    before: ["Access to Settings > API at app.net2phone.com.", "An API key of net2phone, for the recordings."],
    request: [
      { name: "URL", value: webhookUrl },
      {
        name: "Events",
        value: Object.keys(OUTCOMES).join(", "),
        note: "call_completed is required; call_recorded brings recordings that are not ready at the end of the call.",
      },
    ],
    headers: [
      {
        name: "x-net2phone-signature",
        value: "set by net2phone",
        note: "HMAC-SHA256 of `<timestamp>:<raw body>`, hexadecimal.",
      },
      { name: "x-net2phone-timestamp", value: "set by net2phone", note: "ISO 8601, at most 300 seconds from now." },
    ],
    snippets: [],
    steps: [
      {
        title: "Add the webhook",
        text: "At app.net2phone.com open Settings > API > Webhook and add one with the URL and the events.",
      },
      { title: "Give Trunkline the secret", text: "Copy the webhook's secret and rotate this source's secret to it." },
      {
        title: "Give Trunkline the API key",
        text: "Set the source's credential `api_key`. Without it recordings that need a download link cannot be fetched.",
      },
      { title: "Call", text: "Make a short recorded call and look into the inbound log." },
    ],
    variables: [
      required("call_id", "Tells calls apart; the same in every event of a call."),
      required("event", "What happened."),
      optional("user.name", "The operator, by name; user.id is remembered beside it."),
      optional("user.account_id", "The account, which the setting `campaigns` may map to a campaign."),
      optional("recording_url / audio_message_url", "Where the recording is.", "recording_url"),
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "Other events are answered with 200 and ignored.",
      "recording_url and audio_message_url of one call are one recording; a voice mail is one of its own.",
      "The API key goes to net2phone's hosts only, never to the address of the download.",
    ],
    next: [
      "The call appears with its first event.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy:
          "The source holds another secret than the webhook. If it is the right one, your account may sign the body alone: set `body_only_signature`.",
      },
      { symptom: "Recordings fail: not_allowed", remedy: "The credential `api_key` is missing or wrong." },
      {
        symptom: "Only one of several recordings is there",
        remedy: "Set `several_recordings` and subscribe to call_recorded.",
      },
    ],
  };
}
