import type { Guide, GuideContext } from "../guide";
import {
  answer,
  answersOf,
  ENDS_IN_REVIEW,
  giveTrunkline,
  heldBack,
  MAKE_A_CALL,
  optional,
  required,
} from "../guide-pieces";

const EVENTS = {
  "phone.recording_completed": "The recorded calls, with their recordings. Alone it is enough.",
  "phone.recording_transcript_completed": "A transcript exists; its link is kept under `custom`.",
  "phone.voicemail_received": "A message that a caller left.",
  "phone.caller_ended": "Calls that were not recorded, and exact times: a recording's own are used only without them.",
  "phone.callee_ended": "As `phone.caller_ended`.",
  "phone.callee_missed":
    "A call nobody took. From a phone of a call queue the call goes on: another may answer. One that nobody answers is closed by itself after hours.",
};
const SCOPES = ["phone:read:list_recordings:admin", "phone:read:call_recording:admin", "phone:read:voicemail:admin"];

/** How Zoom Phone is connected (Zoom's webhook sample and marketplace). */
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  return {
    title: `Connect Zoom Phone: ${source.name}`,
    summary:
      "Zoom announces each ended call and each finished recording, signed with the app's Secret Token. Recordings are fetched with the app's own access.",
    before: [
      "An administrator who may make apps in the Zoom App Marketplace (Develop > Build App > Server-to-Server OAuth).",
    ],
    request: [
      { name: "Event notification endpoint URL", value: webhookUrl },
      { name: "Event types", value: Object.keys(EVENTS).join(", ") },
      { name: "Secret Token", value: "shown under Feature", note: "It is this source's secret.", secret: true },
      { name: "Scopes", value: SCOPES.join(", ") },
    ],
    headers: [
      {
        name: "x-zm-signature",
        value: "set by Zoom",
        note: "`v0=` and the HMAC-SHA256 of `v0:<timestamp>:<raw body>`, hexadecimal.",
      },
      { name: "x-zm-request-timestamp", value: "set by Zoom", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [
      giveTrunkline(context, {
        title: "Give Trunkline the Secret Token and the app's access",
        secret: "THE_SECRET_TOKEN",
        credentials: { account_id: "…", client_id: "…", client_secret: "…" },
      }),
    ],
    steps: [
      { title: "Make the app", text: "Server-to-Server OAuth, with the scopes above. Activate it." },
      {
        title: "Give Trunkline its credentials",
        text: "Account ID, client ID and client secret: recordings are fetched and missed calls found with them.",
      },
      {
        title: "Subscribe to events",
        text: "Under Feature: add the subscription with the address and events above, and press Validate. The answer to that is automatic, also every 72 hours when Zoom asks again.",
      },
      MAKE_A_CALL,
    ],
    variables: [
      required("payload.object.recordings[].call_id", "Tells calls apart.", "call_id"),
      optional("payload.object.recordings[].download_url", "Where the recording is.", "download_url"),
      optional(
        "payload.object.recordings[].owner",
        "The operator, where it is a user: by name and as `zoom:user:{id}`.",
        "owner",
      ),
      optional(
        "payload.object.recordings[].site.id",
        "The site. `settings.campaigns` maps sites to campaigns.",
        "site.id",
      ),
    ],
    reading: [
      ...Object.entries(EVENTS).map(([event, meaning]) => ({ what: `\`${event}\``, meaning })),
      {
        what: "Calls whose notices never came",
        meaning: "Recorded ones are found through `GET /v2/phone/recordings`; unrecorded ones are not in it.",
      },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401. So is a validation.",
      "Events other than these are answered with 200 and ignored.",
    ],
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: {
        missing_signature: "one of the two headers is not there",
        wrong_signature: "signed with another Secret Token",
        timestamp_out_of_window: "signed more than five minutes from now",
      },
      more: [answer(400, "no_plain_token", "A validation without `payload.plainToken`.")],
      missing: "`event`, or the call's id.",
      ignored: { event_ignored: "Not about a phone call, its recording or a voicemail" },
    }),
    next: ["The call appears when it has ended or its recording is complete.", ...ENDS_IN_REVIEW],
    trouble: [
      {
        symptom: "Validate fails",
        remedy: "The source holds another Secret Token than the app, or the address is not reached from the internet.",
      },
      heldBack("Zoom"),
      { symptom: "Recordings fail: not_allowed", remedy: "The app is not active, or lacks the recording scopes." },
      {
        symptom: "A missed call in a queue stays open for hours",
        remedy:
          "Zoom reports each phone that did not answer, not the queue giving up: the call is closed by itself later.",
      },
    ],
  };
}
