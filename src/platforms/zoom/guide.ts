import type { Guide, GuideContext } from "../guide";

const EVENTS = [
  "phone.recording_completed",
  "phone.recording_transcript_completed",
  "phone.voicemail_received",
  "phone.caller_ended",
  "phone.callee_ended",
  "phone.callee_missed",
];

/** How Zoom Phone is connected (Zoom's webhook sample and marketplace). */
export function guide({ webhookUrl, publicUrl, source }: GuideContext): Guide {
  return {
    title: `Connect Zoom Phone: ${source.name}`,
    summary:
      "Zoom tells of each ended call and each finished recording, signed with the app's Secret Token. Recordings are fetched with the app's own access.",
    before: [
      "An administrator who may make apps in the Zoom App Marketplace (Develop > Build App > Server-to-Server OAuth).",
    ],
    request: [
      { name: "Event notification endpoint URL", value: webhookUrl },
      {
        name: "Event types",
        value: EVENTS.join(", "),
        note: "phone.recording_completed alone is enough to have the recorded calls.",
      },
      { name: "Secret Token", value: "shown under Feature", note: "It is this source's secret.", secret: true },
      {
        name: "Scopes",
        value: "phone:read:list_recordings:admin, phone:read:call_recording:admin, phone:read:voicemail:admin",
      },
    ],
    headers: [
      {
        name: "x-zm-signature",
        value: "set by Zoom",
        note: "v0= and the HMAC-SHA256 of v0:<timestamp>:<raw body>, hexadecimal.",
      },
      { name: "x-zm-request-timestamp", value: "set by Zoom", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [
      {
        title: "Give Trunkline the Secret Token and the app's access",
        language: "sh",
        text: `curl -sS -X POST ${publicUrl}/v1/sources/${source.id}/rotate-secret -H "X-API-Key: $KEY" \\
  -H "Content-Type: application/json" -d '{"secret":"'$SECRET_TOKEN'","keep_previous":false}'
curl -sS -X PATCH ${publicUrl}/v1/sources/${source.id} -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
  -d '{"credentials":{"account_id":"…","client_id":"…","client_secret":"…"}}'`,
      },
    ],
    steps: [
      { title: "Make the app", text: "Server-to-Server OAuth, with the scopes above. Activate it." },
      {
        title: "Give Trunkline its credentials",
        text: "Account ID, client ID and client secret: recordings are fetched and missed calls found with them.",
      },
      {
        title: "Subscribe to events",
        text: "Under Feature: add the subscription with the address and events above, and press Validate. The answer to that is automatic.",
      },
      { title: "Call", text: "Make a short recorded call and look into the inbound log." },
    ],
    variables: [
      {
        field: "payload.object.recordings[].call_id",
        variable: "call_id",
        purpose: "Tells calls apart.",
        required: true,
      },
      {
        field: "payload.object.recordings[].download_url",
        variable: "download_url",
        purpose: "Where the recording is.",
        required: false,
      },
      {
        field: "payload.object.recordings[].owner",
        variable: "owner",
        purpose: "The operator, by name and id.",
        required: false,
      },
      {
        field: "payload.object.recordings[].site.id",
        variable: "site.id",
        purpose: "The site. `settings.campaigns` maps sites to campaigns.",
        required: false,
      },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401. So is a validation.",
      "Events other than these are answered with 200 and ignored.",
    ],
    next: [
      "The call appears when it has ended or its recording is complete.",
      "Its recording is fetched and kept.",
      "Its task is created, ready for review.",
    ],
    trouble: [
      {
        symptom: "Validate fails",
        remedy: "The source holds another Secret Token than the app, or the address is not reached from the internet.",
      },
      { symptom: "Recordings fail: not_allowed", remedy: "The app is not active, or lacks the recording scopes." },
      {
        symptom: "A missed call in a queue stays open for hours",
        remedy:
          "Zoom tells of each phone that did not answer, not of the queue giving up: the call is closed by itself later.",
      },
    ],
  };
}
