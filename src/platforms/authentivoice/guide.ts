import type { Guide, GuideContext } from "../guide";
import { OUTCOMES } from "./map";

/** How AuthentiVoice is connected (seed "Webhook Setup"). */
export function guide({ webhookUrl, source }: GuideContext): Guide {
  const events = Object.keys(OUTCOMES);
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
      {
        title: "Settings > Integrations, webhook",
        language: "json",
        text: JSON.stringify(
          {
            url: webhookUrl,
            events,
            secret: "YOUR_SOURCE_SECRET",
            retryPolicy: { maxRetries: 3, backoffMultiplier: 2 },
          },
          null,
          2,
        ),
      },
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
      {
        field: "data.metadata.callId",
        variable: "callId",
        purpose: "The call. Without it, the analysis or recording stands for it.",
        required: false,
      },
      {
        field: "data.resourceId / data.resourceType",
        variable: "resourceId",
        purpose: "What the event is about.",
        required: true,
      },
      {
        field: "data.changes / data.metadata",
        variable: "changes",
        purpose: "What was found: kept under the event's name.",
        required: false,
      },
    ],
    rules: [
      "A request without a good signature is refused with 401.",
      "Test events, other events, and reviews that name no call are answered with 200 and ignored.",
      "Of two events of one name the later is shown.",
    ],
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
