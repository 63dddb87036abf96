import type { Guide, GuideContext } from "../guide";

/** How Vonage is connected: one address for the application's events and for each recording's. */
export function guide({ webhookUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Vonage: ${source.name}`,
    summary:
      "Vonage tells each call's states and each finished recording here, signed; the recording is fetched and the call reviewed.",
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
    ],
    steps: [
      {
        title: "Secret",
        text: "Rotate this source's secret to the account's signature secret, unless it was made with it.",
      },
      { title: "Credentials", text: "Give this source application_id and private_key: recordings are not public." },
      {
        title: "Events",
        text: "Applications > your application > Voice: set the Event URL to the address, POST, and turn on signed webhooks.",
      },
      { title: "Recordings", text: "In your NCCO set the eventUrl of each record action to the same address." },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required("conversation_uuid", "Tells calls apart; the same for all legs and recordings."),
      optional("status", "What state a leg is in."),
      optional("direction", "Inbound legs say who called whom; outbound ones where there is no other."),
      optional("from / to", "The two numbers, without the plus.", "from, to"),
      optional("recording_url", "Where the recording is; Vonage keeps it for about a month."),
    ],
    rules: [
      "An event whose token is missing, not signed with the secret, or older than five minutes is refused with 401.",
      "failed, busy, timeout, unanswered, rejected and cancelled end a call as failed, also where completed follows; completed ends a call well that was answered.",
      "A conversation that came in ends with its caller's leg, whatever becomes of the legs dialed for it.",
    ],
    next: [
      "The call appears with the first event.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
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
