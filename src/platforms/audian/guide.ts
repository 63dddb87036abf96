import type { Guide, GuideContext } from "../guide";
import { answersOf, ENDS_IN_REVIEW, giveTrunkline, heldBack, optional, required } from "../guide-pieces";
import { OUTCOMES } from "./map";

/** How Audian is connected (seed "Webhook Setup", Step 2). */
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  const events = Object.keys(OUTCOMES);
  return {
    title: `Connect Audian: ${source.name}`,
    summary: "Audian announces each ended call and each finished recording here, signed with the source's secret.",
    before: [
      "An API key of Audian.",
      "This source's signing secret, or none yet: Audian makes one when it registers the webhook.",
    ],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Events", value: events.join(", "), note: "`*` does too: others are ignored." },
      { name: "Version", value: "v1" },
    ],
    headers: [
      {
        name: "X-Audian-Signature",
        value: "set by Audian",
        note: "HMAC-SHA256 of `<timestamp>.<raw body>`, hexadecimal.",
      },
      { name: "X-Audian-Timestamp", value: "set by Audian", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [
      {
        title: "Register the webhook",
        language: "sh",
        text: `curl -X POST https://api.audian.com:8443/v2/webhooks \\
  -H "X-Auth-Token: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ url: webhookUrl, events, active: true })}'`,
      },
      giveTrunkline(context, { title: "Give Trunkline the secret", secret: "THE_SIGNING_SECRET" }),
    ],
    steps: [
      {
        title: "Register",
        text: "Run the first command with your API key of Audian. The answer holds `signing_secret`, once.",
      },
      { title: "Give Trunkline the secret", text: "Rotate this source's secret to that `signing_secret`, whole." },
      {
        title: "Test",
        text: "Let Audian send a test event (`POST /v2/webhooks/{id}/test`) and look into the inbound log.",
      },
    ],
    variables: [
      required("data.call_id", "Tells calls apart; the same in every event of a call.", "call_id"),
      optional("data.from / data.to", "The two numbers.", "from, to"),
      optional("data.started_at / data.ended_at", "When the call was.", "started_at"),
      optional("data.agent_name", "The operator, by name.", "agent_name"),
      optional("data.recording.url", "Where the recording is.", "recording.url"),
    ],
    reading: [
      { what: "`call.completed`", meaning: "The call is completed." },
      { what: "`call.failed`", meaning: "The call has failed." },
      { what: "`recording.completed`", meaning: "A recording of the call; it says nothing of how the call ended." },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "The key of the signature is the whole `whsec_…` text, not what it encodes.",
      "Events other than the three are answered with 200 and ignored.",
    ],
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: {
        missing_signature: "one of the two headers is not there",
        wrong_signature: "signed with another secret",
        timestamp_out_of_window: "signed more than five minutes from now",
      },
      missing: "`event`, or the call's id.",
      ignored: { event_ignored: "An event about something else" },
    }),
    next: ["The call appears as soon as it has ended.", ...ENDS_IN_REVIEW],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy: "The source holds another secret than Audian: rotate to the one Audian shows.",
      },
      heldBack("Audian"),
    ],
  };
}
