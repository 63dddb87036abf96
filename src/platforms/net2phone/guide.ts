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
import { OUTCOMES } from "./map";
import type { Net2phoneSettings } from "./settings";

/** How net2phone is connected: app.net2phone.com, Settings > API > Webhook. */
export function guide(context: GuideContext<Net2phoneSettings>): Guide {
  const { webhookUrl, source } = context;
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
    snippets: [
      giveTrunkline(context, {
        title: "Give Trunkline the secret and the API key",
        secret: "THE_WEBHOOK_SECRET",
        credentials: { api_key: "YOUR_NET2PHONE_API_KEY" },
      }),
    ],
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
      MAKE_A_CALL,
    ],
    variables: [
      required("call_id", "Tells calls apart; the same in every event of a call."),
      required("event", "What happened."),
      optional("user.name", "The operator, by name; `user.id` is its reference, `net2phone:user:{id}`."),
      optional("user.account_id", "The account, which the setting `campaigns` may map to a campaign."),
      optional(
        "recording_url / audio_message_url",
        "Where the recording is. The two are one recording of a call; with `voice_mail` true one of its own.",
        "recording_url",
      ),
    ],
    reading: [
      { what: "`call_ringing`", meaning: "The call has begun." },
      { what: "`call_answered`", meaning: "When it was answered." },
      {
        what: "`call_missed`",
        meaning: "Failed, unless somebody else answered: `call_completed` outweighs it.",
      },
      {
        what: "`call_completed`",
        meaning:
          "Completed, or failed where `voice_mail` is true; its end, and, where no `call_ringing` came, its start counted back by `duration`.",
      },
      { what: "`call_recorded`", meaning: "The recording is there." },
      { what: "Anything else", meaning: "Kept under `custom`." },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "Other events are answered with 200 and ignored.",
      "An address that ends in `:generate-audio-download-link` is asked with the API key for a link, and the link is asked without it. The key goes to `api.n2p.io`, `*.net2phone.com` and the host of `api_url`, over https.",
    ],
    answers: answersOf({
      bodyCap: 262_144,
      unauthorized: {
        missing_signature: "one of the two headers is not there",
        wrong_signature: "signed with another secret",
        timestamp_out_of_window: "signed more than five minutes from now",
      },
      missing: "`event` or `call_id`.",
      ignored: { event_ignored: "Only the five events are processed" },
    }),
    next: ["The call appears with its first event.", ...ENDS_IN_REVIEW],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy:
          "The source holds another secret than the webhook. If it is the right one, your account may sign the body alone: set `body_only_signature`.",
      },
      heldBack("net2phone"),
      { symptom: "Recordings fail: not_allowed", remedy: "The credential `api_key` is missing or wrong." },
      {
        symptom: "Only one of several recordings is there",
        remedy: "Set `several_recordings` and subscribe to call_recorded.",
      },
      noCampaign("accounts (`user.account_id`)"),
    ],
  };
}
