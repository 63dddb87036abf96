import type { Guide, GuideContext } from "../guide";
import { answersOf, ENDS_IN_REVIEW, optional, required } from "../guide-pieces";

/** How Vonage is connected: one address for the application's events and for each recording's. */
export function guide({ webhookUrl, publicUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Vonage: ${source.name}`,
    summary:
      "Vonage reports each call's states and each finished recording here, signed; the recording is fetched and the call reviewed.",
    before: [
      "The account's signature secret (Dashboard > API settings), which is this source's secret.",
      "To fetch recordings: the application's id and its private key, as this source's credentials.",
    ],
    request: [
      { name: "Event URL", value: webhookUrl },
      { name: "Method", value: "POST" },
    ],
    headers: [
      {
        name: "Authorization",
        value: "set by Vonage",
        note: "Bearer and a token signed with HS256, which holds the body's SHA-256.",
      },
    ],
    snippets: [
      {
        title: "NCCO: record a call that is put through",
        language: "json",
        text: `[
  { "action": "record", "split": "conversation", "channels": 2, "format": "mp3", "eventMethod": "POST", "eventUrl": ["${webhookUrl}"] },
  { "action": "connect", "endpoint": [{ "type": "phone", "number": "15551230001" }] }
]`,
      },
      {
        title: "Give Trunkline the application's key",
        language: "sh",
        text: `jq -n --rawfile key private.key '{credentials: {application_id: "YOUR_APPLICATION_ID", private_key: $key}}' |
  curl -sS -X PATCH ${publicUrl}/v1/sources/${source.id} -H "X-API-Key: $KEY" -H "Content-Type: application/json" -d @-`,
      },
    ],
    steps: [
      {
        title: "Secret",
        text: "Rotate this source's secret to the account's signature secret, unless it was made with it.",
      },
      {
        title: "Credentials",
        text: "Give this source application_id and private_key: recordings are not public. Without `jq`: the key is one JSON string, with `\\n` for its line ends.",
      },
      {
        title: "Events",
        text: "Applications > your application > Voice: set the Event URL to the address, POST, and turn on signed webhooks.",
      },
      { title: "Recordings", text: "In your NCCO set the eventUrl of each record action to the same address." },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required("conversation_uuid", "Tells calls apart; the same for all legs and recordings."),
      optional(
        "status",
        "`started`, `ringing`, `answered`, `human`, `machine`: the call goes on. `completed` ends every leg but a rejected one: it ends the call well where it has a `start_time` or a `duration`, or where `answered` came. `failed`, `busy`, `timeout`, `unanswered`, `rejected`, `cancelled` end it as failed.",
      ),
      optional("direction", "Inbound legs say who called whom; outbound ones where there is no other."),
      optional("from / to", "The two numbers, without the plus.", "from, to"),
      optional("recording_url", "Where the recording is; Vonage keeps it for about a month. A call may have several."),
      optional("start_time, end_time, timestamp", "When; UTC where they name no zone."),
    ],
    reading: [
      {
        what: "A call that came in",
        meaning: "Its caller's leg says who called whom, and when it ends, however many agents were dialed for it.",
      },
      {
        what: "A call you made",
        meaning:
          "Every leg counts alike: with a second leg, `to` may be either party's, and a leg nobody answered may end the call as failed until the other is `completed`; a `call.updated` then says so.",
      },
    ],
    rules: [
      "An event whose token is missing, not signed with the secret, or older than five minutes is refused with 401.",
      "failed, busy, timeout, unanswered, rejected and cancelled end a call as failed, also where completed follows; completed ends a call well that was answered.",
      "Hosts of `nexmo.com` and `vonage.com` get a token the application's key signed, good for 15 minutes. No other host gets anything.",
    ],
    answers: answersOf({
      bodyCap: 65_536,
      unauthorized: {
        missing_signature: "signed webhooks are off",
        wrong_signature: "another signature secret",
        wrong_body_hash: "something on the way changed the body",
        timestamp_out_of_window: "it took over five minutes to come",
        other_application: "not the application that is set",
        other_account: "not the account that is set",
      },
      missing: "Neither `conversation_uuid` nor `uuid`.",
      ignored: {
        event_ignored: "Not about a call's state or a recording: `input`, `transfer`, an error of the NCCO",
      },
      again: "Vonage sends it again",
    }),
    next: ["The call appears with the first event.", ...ENDS_IN_REVIEW],
    trouble: [
      { symptom: "Refused: missing_signature", remedy: "Turn on signed webhooks for the application." },
      { symptom: "Refused: wrong_signature", remedy: "The source's secret is not the account's signature secret." },
      {
        symptom: "A recording stays not_allowed",
        remedy: "The credentials are missing, or of another application than the one that recorded.",
      },
    ],
  };
}
