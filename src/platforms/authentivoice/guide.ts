import type { Guide, GuideContext } from "../guide";
import { answersOf, optional, required } from "../guide-pieces";
import { OUTCOMES } from "./map";

/** How AuthentiVoice is connected (seed "Webhook Setup"). */
export function guide({ webhookUrl, source }: GuideContext): Guide {
  const events = Object.keys(OUTCOMES);
  const webhook = {
    url: webhookUrl,
    events,
    secret: "YOUR_SOURCE_SECRET",
    retryPolicy: { maxRetries: 3, backoffMultiplier: 2 },
  };
  return {
    title: `Connect AuthentiVoice: ${source.name}`,
    summary:
      "AuthentiVoice announces analyses, reviews and alerts; each call gathers what was found and decided about it.",
    before: [
      "Access to Settings > Integrations in AuthentiVoice.",
      "This source's secret, shown when it was made or rotated.",
    ],
    request: [
      { name: "url", value: webhookUrl },
      { name: "events", value: events.join(", "), note: "analysis.completed and analysis.failed end a call." },
    ],
    headers: [
      {
        name: "X-AuthentiVoice-Signature",
        value: "set by AuthentiVoice",
        note: "HMAC-SHA256 of the body, hexadecimal.",
      },
    ],
    snippets: [
      { title: "Settings > Integrations, webhook", language: "json", text: JSON.stringify(webhook, null, 2) },
      {
        title: "Send a test event",
        language: "sh",
        text: `curl -X POST https://api.authentivoice.com/v1/webhooks/test \\
  -H "X-API-Key: your-api-key" \\
  -H "Content-Type: application/json" \\
  -d '{"webhookId": "webhook-123"}'`,
      },
    ],
    steps: [
      { title: "Add the webhook", text: "Paste the block under Settings > Integrations, with this source's secret." },
      {
        title: "Test",
        text: "Send the test event with your API key and the webhook's id, and look into the inbound log.",
      },
    ],
    variables: [
      optional("data.metadata.callId", "The call. Without it, the analysis or recording stands for it.", "callId"),
      required(
        "data.resourceId / data.resourceType",
        "What the event is about: where it is a call, an analysis or a recording, it stands for the call. A review's id says nothing of the call.",
        "resourceId",
      ),
      optional(
        "data.changes / data.metadata",
        "What was found: kept under `custom` by the event's name, with its moment.",
        "changes",
      ),
    ],
    reading: [
      {
        what: "Other fields of `data.metadata`",
        meaning:
          "Used if they are there: `direction`, `from`, `to`, `startedAt`, `endedAt`, `durationSeconds`, `agentName`, `campaignId` (the account, for the setting `campaigns`), `recordingUrl`; also written with underscores. The moment of an event is not taken for the end of the talk.",
      },
      {
        what: "What was found",
        meaning:
          "Findings of the platform: an analysis with the engine `platform`, told by `analysis.completed` and `analysis.updated`. Read are `riskScore` or `fraud_score` (0 to 100), `fraud_indicators`, `scores` by name, `engineVersion`, and of a review `reviewer`, `decision` and `comment`; also in the other spelling, and in `changes` or `metadata`.",
      },
      {
        what: "`fraud.high_risk`, `fraud.critical`",
        meaning: "Told on as events of the same names, once per call each; a critical one as both.",
      },
      { what: "`analysis.created`", meaning: "The call is in progress." },
      { what: "`analysis.completed`", meaning: "The call is completed." },
      {
        what: "`analysis.failed`",
        meaning: "Failed, with `changes.reason` as its error. A later `analysis.completed` outweighs it.",
      },
      {
        what: "`analysis.updated`, `review.*`, `fraud.*`, `quality.*`, `sla.*`",
        meaning: "The call stays as it is. One that only has these is closed by itself after hours.",
      },
    ],
    rules: [
      "The signature may be over the body as it came, or over Python's `json.dumps` of it: AuthentiVoice's own sample signs the latter, whatever bytes are sent. It covers no time; the same event again changes nothing.",
      "A request without a good signature is refused with 401.",
      "Test events, other events, and reviews that name no call are answered with 200 and ignored.",
      "Of two events of one name the later is shown, in whatever order they came; all are in the inbound log.",
    ],
    answers: answersOf({
      bodyCap: 262_144,
      unauthorized: { missing_signature: "the header is not there", wrong_signature: "signed with another secret" },
      missing: "`event`, `data.resourceId` or `data.resourceType`.",
      ignored: {
        event_ignored: "An event about something else",
        test_event: "A test: no call is made of it",
        no_call: "The event names no call, and what it is about stands for none",
      },
    }),
    next: [
      "The call appears with its first event.",
      "Each further event adds an entry under its name, e.g. fraud.critical.",
    ],
    trouble: [
      {
        symptom: "Every event is refused: wrong_signature",
        remedy: "AuthentiVoice holds another secret than this source: rotate it and paste the new one.",
      },
      {
        symptom: "ignored: no_call",
        remedy: "The event is about a review and names no call: add callId to its metadata in AuthentiVoice.",
      },
      {
        symptom: "Two calls for one analysis",
        remedy: "Some of its events carry data.metadata.callId and others do not.",
      },
    ],
  };
}
