import type { Guide, GuideContext } from "../guide";
import { answersOf, giveTrunkline, optional, required } from "../guide-pieces";

const FILTER = "/restapi/v1.0/account/~/telephony/sessions?withRecordings=true";
/** In seconds: what RingCentral allows at most (general knowledge). */
const LONGEST = 630_720_000;

/** How RingCentral is connected (its guides "Creating webhooks" and "Receiving webhooks"). */
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  const subscription = {
    eventFilters: [FILTER],
    deliveryMode: { transportType: "WebHook", address: webhookUrl, verificationToken: "YOUR_SECRET" },
    expiresIn: LONGEST,
  };
  return {
    title: `Connect RingCentral: ${source.name}`,
    summary:
      "RingCentral reports each change in a telephony session. The call appears here, and its recording is fetched from the call log.",
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
      {
        name: "Verification-Token",
        value: "set by RingCentral",
        note: "The subscription's token, in every notice. Older subscriptions: Validation-Token.",
      },
    ],
    snippets: [
      {
        title: "Make the subscription",
        language: "sh",
        text: `curl -sS -X POST https://platform.ringcentral.com/restapi/v1.0/subscription \\
  -H "Authorization: Bearer $ACCESS_TOKEN" -H "Content-Type: application/json" \\
  -d '${JSON.stringify(subscription)}'`,
      },
      giveTrunkline(context, {
        title: "Give Trunkline the app's credentials",
        credentials: { client_id: "…", client_secret: "…", jwt: "…" },
        settings: { expect_recordings: true },
      }),
    ],
    steps: [
      {
        title: "Make the subscription",
        text: "RingCentral asks at the address at once; the answer to that is automatic.",
      },
      {
        title: "Give Trunkline credentials",
        text: 'Without them no recording can be fetched. `{"access_token": "…"}` does too, where something else renews it.',
      },
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
      required("body.telephonySessionId", "Tells calls apart.", "telephonySessionId"),
      required("body.parties[].status", "How it stands with each party; a call ends by it.", "status"),
      optional(
        "body.parties[].from / to",
        "The numbers, and on the agent's side the operator, by name and as `ringcentral:extension:{id}`.",
        "from, to",
      ),
      optional("body.parties[].recordings[].id", "Recordings to fetch.", "recordings"),
      optional("body.accountId", "The account that `settings.campaigns` maps.", "accountId"),
    ],
    reading: [
      { what: "A party that rings, talks or is held", meaning: "The call is in progress." },
      {
        what: "A party `Disconnected` after a talk",
        meaning: "Completed. One that went out and names no reason: completed if `Answered` came, else failed.",
      },
      {
        what: "A party that was not answered, `missedCall`",
        meaning: "Failed, unless another party of the session talked.",
      },
      { what: "A party that was transferred, picked up elsewhere, `Gone`", meaning: "Still in progress." },
    ],
    rules: [
      "A notice without the token is refused with 401.",
      "Events other than telephony sessions are answered with 200 and ignored.",
      "Notices hold single parties and come in any order: completed outranks failed, which outranks in progress. Where one agent does not answer and another does, the call may first be reported as failed and then corrected (`call.updated`).",
    ],
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: { missing_token: "no token in the headers", wrong_token: "the token of another subscription" },
      missing: "`event` or `body.telephonySessionId`.",
      ignored: { event_ignored: "Not a telephony session" },
    }),
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
      {
        symptom: "Recordings wait: not_there",
        remedy: "The call log lags by minutes; or the call was not recorded: switch `expect_recordings` off.",
      },
      {
        symptom: "Nothing comes any more",
        remedy: "The subscription has expired, or RingCentral suspended it after failures.",
      },
    ],
  };
}
