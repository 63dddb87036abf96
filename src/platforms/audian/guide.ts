import type { Guide, GuideContext } from "../guide";

/** How Audian is connected (seed "Webhook Setup", Step 2). */
export function guide({ webhookUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Audian: ${source.name}`,
    summary: "Audian announces each ended call and each finished recording here, signed with the source's secret.",
    before: [
      "An API key of Audian.",
      "This source's signing secret, or none yet: Audian makes one when it registers the webhook.",
    ],
    request: [
      { name: "URL", value: webhookUrl },
      {
        name: "Events",
        value: "call.completed, call.failed, recording.completed",
        note: "`*` does too: others are ignored.",
      },
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
  -d '{"url": "${webhookUrl}", "events": ["call.completed", "call.failed", "recording.completed"], "active": true}'`,
      },
    ],
    steps: [
      {
        title: "Register",
        text: "Run the command with your API key of Audian. The answer holds `signing_secret`, once.",
      },
      { title: "Give Trunkline the secret", text: "Rotate this source's secret to that `signing_secret`." },
      {
        title: "Test",
        text: "Let Audian send a test event (`POST /v2/webhooks/{id}/test`) and look into the inbound log.",
      },
    ],
    variables: [
      {
        field: "data.call_id",
        variable: "call_id",
        purpose: "Tells calls apart; the same in every event of a call.",
        required: true,
      },
      { field: "data.from / data.to", variable: "from, to", purpose: "The two numbers.", required: false },
      {
        field: "data.started_at / data.ended_at",
        variable: "started_at",
        purpose: "When the call was.",
        required: false,
      },
      { field: "data.agent_name", variable: "agent_name", purpose: "The operator, by name.", required: false },
      { field: "data.recording.url", variable: "recording.url", purpose: "Where the recording is.", required: false },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "Events other than the three are answered with 200 and ignored.",
    ],
    next: [
      "The call appears as soon as it has ended.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy: "The source holds another secret than Audian: rotate to the one Audian shows.",
      },
      {
        symptom: "refused: timestamp_out_of_window",
        remedy: "Something between Audian and here holds requests back for over five minutes.",
      },
    ],
  };
}
