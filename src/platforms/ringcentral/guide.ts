import type { Guide, GuideContext } from "../guide";

const FILTER = "/restapi/v1.0/account/~/telephony/sessions?withRecordings=true";
/** In seconds: what RingCentral allows at most (general knowledge). */
const LONGEST = 630_720_000;

/** How RingCentral is connected (its guides "Creating webhooks" and "Receiving webhooks"). */
export function guide({ webhookUrl, publicUrl, source }: GuideContext): Guide {
  const subscription = {
    eventFilters: [FILTER],
    deliveryMode: { transportType: "WebHook", address: webhookUrl, verificationToken: "YOUR_SECRET" },
    expiresIn: LONGEST,
  };
  return {
    title: `Connect RingCentral: ${source.name}`,
    summary:
      "RingCentral tells of each change in a telephony session. The call appears here, and its recording is fetched from the call log.",
    before: [
      "An app at developers.ringcentral.com with JWT auth flow and the permissions CallControl, ReadCallLog, ReadCallRecording, SubscriptionWebhook.",
      "A JWT credential of an administrator, and this source's secret (16 characters or more).",
    ],
    request: [
      { name: "address", value: webhookUrl },
      { name: "eventFilters", value: FILTER, note: "Leave `?withRecordings=true` out to have unrecorded calls too." },
      { name: "verificationToken", value: "this source's secret", secret: true },
    ],
    headers: [
      { name: "Verification-Token", value: "set by RingCentral", note: "The subscription's token, in every notice." },
    ],
    snippets: [
      {
        title: "Make the subscription",
        language: "sh",
        text: `curl -sS -X POST https://platform.ringcentral.com/restapi/v1.0/subscription \\
  -H "Authorization: Bearer $ACCESS_TOKEN" -H "Content-Type: application/json" \\
  -d '${JSON.stringify(subscription)}'`,
      },
      {
        title: "Give Trunkline the app's credentials",
        language: "sh",
        text: `curl -sS -X PATCH ${publicUrl}/v1/sources/${source.id} -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\
  -d '{"credentials":{"client_id":"…","client_secret":"…","jwt":"…"},"settings":{"expect_recordings":true}}'`,
      },
    ],
    steps: [
      {
        title: "Make the subscription",
        text: "RingCentral asks at the address at once; the answer to that is automatic.",
      },
      { title: "Give Trunkline credentials", text: "Without them no recording can be fetched." },
      {
        title: "Expect recordings",
        text: "Set `expect_recordings` if the filter has `withRecordings=true`, or if notices name no recording.",
      },
      {
        title: "Renew",
        text: "A subscription ends at its `expirationTime`: renew it before (`POST /subscription/{id}/renew`).",
      },
    ],
    variables: [
      {
        field: "body.telephonySessionId",
        variable: "telephonySessionId",
        purpose: "Tells calls apart.",
        required: true,
      },
      {
        field: "body.parties[].status",
        variable: "status",
        purpose: "How it stands with each party; a call ends by it.",
        required: true,
      },
      {
        field: "body.parties[].from / to",
        variable: "from, to",
        purpose: "The numbers, and the operator by name and extension.",
        required: false,
      },
      {
        field: "body.parties[].recordings[].id",
        variable: "recordings",
        purpose: "Recordings to fetch.",
        required: false,
      },
    ],
    rules: [
      "A notice without the token is refused with 401.",
      "Events other than telephony sessions are answered with 200 and ignored.",
    ],
    next: [
      "The call appears with its first notice.",
      "It ends when its last party hangs up.",
      "Its recording follows once RingCentral's call log has it, mostly within minutes.",
    ],
    trouble: [
      {
        symptom: "The subscription is not made: address not validated",
        remedy: "The address does not answer from the internet within three seconds.",
      },
      {
        symptom: "Every notice is refused: wrong_token",
        remedy: "The subscription has another verificationToken: make it anew with this source's secret.",
      },
      {
        symptom: "Recordings fail: not_allowed",
        remedy: "The credentials are wrong, or lack ReadCallLog or ReadCallRecording.",
      },
      { symptom: "Recordings fail: not_there", remedy: "The call was not recorded: switch `expect_recordings` off." },
      {
        symptom: "Nothing comes any more",
        remedy: "The subscription has expired, or RingCentral suspended it after failures.",
      },
    ],
  };
}
