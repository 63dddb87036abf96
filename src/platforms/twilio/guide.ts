import type { Guide, GuideContext } from "../guide";
import { answer, answersOf, optional, required } from "../guide-pieces";
import { addressAtTwilio, type TwilioSettings } from "./settings";

/** How Twilio is connected: two callbacks, one address. */
export function guide({ webhookUrl, source }: GuideContext<TwilioSettings>): Guide {
  const url = addressAtTwilio(webhookUrl, source.settings);
  return {
    title: `Connect Twilio: ${source.name}`,
    summary:
      "Twilio reports each call's states and each finished recording here, signed with your Auth Token; the recording is fetched and the call reviewed.",
    before: [
      "The Auth Token of the account that makes or takes the calls (Console > Account > API keys & tokens): it is this source's secret.",
      "To see who spoke, and to find calls whose callback was lost: the Account SID with that Auth Token or an API key, as this source's credentials.",
    ],
    request: [
      { name: "URL", value: url },
      { name: "Method", value: "HTTP POST" },
      { name: "Recording events", value: "completed", note: "`in-progress`, `absent` and `failed` do no harm." },
      { name: "Call events", value: "initiated, ringing, answered, completed", note: "`completed` is enough." },
    ],
    headers: [
      {
        name: "X-Twilio-Signature",
        value: "set by Twilio",
        note: "HMAC-SHA1 of the address and the sorted fields, base64.",
      },
    ],
    snippets: [
      {
        title: "TwiML: record a call that is put through",
        language: "xml",
        text: `<Response>
  <Dial record="record-from-answer-dual" recordingStatusCallback="${url}">
    <Number statusCallback="${url}">+15551230001</Number>
  </Dial>
</Response>`,
      },
      {
        title: "API: make a recorded call",
        language: "sh",
        text: `curl -X POST "https://api.twilio.com/2010-04-01/Accounts/$ACCOUNT_SID/Calls.json" -u "$ACCOUNT_SID:$AUTH_TOKEN" \\
  --data-urlencode "From=+15551230001" --data-urlencode "To=+15551230002" --data-urlencode "Url=https://demo.twilio.com/docs/voice.xml" \\
  --data-urlencode "Record=true" --data-urlencode "RecordingStatusCallback=${url}" --data-urlencode "StatusCallback=${url}"`,
      },
    ],
    steps: [
      { title: "Secret", text: "Rotate this source's secret to the Auth Token, unless it was made with it." },
      {
        title: "Credentials",
        text: 'Give this source account_sid with auth_token, or with api_key_sid and api_key_secret: `PATCH /v1/sources/{id}` with `{"credentials": {"account_sid": "AC…", "auth_token": "…"}}`.',
      },
      { title: "Calls", text: 'Phone Numbers > your number > Voice: set "Call status changes" to the URL, HTTP POST.' },
      {
        title: "Recordings",
        text: "Where your TwiML or API calls start a recording, set recordingStatusCallback to the URL.",
      },
      {
        title: "Twilio's transcripts",
        text: "Where `<Record>` has `transcribe`, set transcribeCallback to the URL.",
      },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required("CallSid", "Tells calls apart; the same in every callback of a call."),
      optional(
        "CallStatus",
        "`queued`, `initiated`, `ringing`, `in-progress`: the call goes on. `completed` ends it well; `busy`, `no-answer`, `failed`, `canceled` as failed.",
      ),
      optional(
        "Timestamp, CallDuration",
        "When the call ended and how long it was; so, where no `initiated` or `ringing` came, when it began.",
      ),
      optional(
        "From / To",
        "Who called whom, in E.164 too where there is a plus. `client:name` is the operator's reference `twilio:client:name`. Not in a recording's callback.",
        "From, To",
      ),
      optional(
        "RecordingStatus",
        "`completed`: the recording is fetched. `in-progress`: it is waited for. `absent`: ignored. `failed`: it ends as failed, with the reason in the call's `custom`.",
      ),
      optional("RecordingSid", "Tells a call's recordings apart."),
      optional("RecordingUrl", "Where the recording is."),
      optional(
        "TranscriptionText, TranscriptionStatus",
        "What Twilio heard in a recording: the call's transcript of the engine `platform`. The longest one counts. `failed`: kept under `custom`.",
        "TranscriptionText, TranscriptionStatus",
      ),
      optional("AccountSid", "Which campaign, where `campaigns` maps subaccounts."),
      optional(
        "ParentCallSid",
        "The call that led to this leg. For Twilio each leg is a call, so it is here; kept under `custom`.",
      ),
      optional("ConferenceSid", "A conference's recording names no call: the conference is the call."),
    ],
    reading: [
      {
        what: "`Call status changes` of a number",
        meaning: "The end of each call that comes in.",
      },
      {
        what: "`StatusCallback` of calls made through the API, `statusCallback` of `<Number>`, `<Client>`, `<Sip>`",
        meaning: "The states of calls that go out or on.",
      },
      {
        what: "`recordingStatusCallback` of `<Dial>`, `<Record>`, `<Start><Recording>`; `RecordingStatusCallback` in the API",
        meaning: "Recordings. They do not say who spoke: where no status callback comes, Twilio is asked.",
      },
      {
        what: "`transcribeCallback` of `<Record>`",
        meaning:
          "Twilio's transcript of that recording. Of Voice Intelligence only the id of a transcript comes, not its words; of `<Transcription>` words come in pieces: neither is processed.",
      },
      {
        what: "Twilio's own list of ended calls",
        meaning:
          "With credentials it is compared with ours, and what never arrived comes in with its recording. Legs that another call led to are left out unless they were recorded. The setting `reconcile` switches it off, for an account that makes calls that are not Trunkline's.",
      },
    ],
    rules: [
      "A callback whose signature does not match the address and the Auth Token is refused with 401.",
      "Twilio's API gets the credentials, or, where none are set, the account of the recording with the source's secret. No other host gets anything. A recording that is not ready (404) is tried again.",
      "The signature covers no time: a callback sent twice is taken twice, and changes nothing the second time.",
      "To change the Auth Token: make the secondary token in Twilio, rotate this source's secret to it (the old one is still taken), promote it in Twilio, then retire the old one (`POST /v1/sources/{id}/retire-previous-secret`). If the credentials hold the token, change them too.",
    ],
    answers: answersOf({
      bodyCap: 65_536,
      unauthorized: {
        wrong_signature:
          "the secret is not the Auth Token of that (sub)account, or Twilio was given another address (`public_url`)",
        unsigned_body: "a JSON body without its `bodySHA256` in the address",
        wrong_body_hash: "another `bodySHA256` than the body's",
      },
      more: [answer(415, "unsupported_content_type", "Neither a form nor JSON.")],
      missing: "No `CallSid`, or a recording or transcription without `RecordingSid`.",
      ignored: {
        not_a_status: "Neither a call's, a recording's nor a transcription's status: a message's, say",
        transcript_elsewhere: "Voice Intelligence names a transcript without its words",
        live_transcription: "Words of a call that goes on, piece by piece",
        recording_absent: "Nothing was recorded",
      },
      again: "Twilio does not send it again by itself; the comparison with its list brings the call in",
    }),
    next: [
      "The call appears with the first callback.",
      "Where a recording's callback comes alone, Twilio is asked who spoke, if there are credentials.",
      "Its recording is fetched and kept, and its task created, ready for review.",
    ],
    trouble: [
      {
        symptom: "Every callback is refused: wrong_signature",
        remedy:
          "The secret is not the Auth Token of that (sub)account, or Twilio calls another address than this one: set `public_url`.",
      },
      {
        symptom: "Calls without numbers",
        remedy: "Only recording callbacks come: set the credentials, or the call status callback.",
      },
      {
        symptom: "A recording stays not_allowed",
        remedy: "The recording is of another account than the credentials or the secret.",
      },
    ],
  };
}
