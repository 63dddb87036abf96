import type { Guide, GuideContext } from "../guide";
import { addressAtTwilio, type TwilioSettings } from "./settings";

/** How Twilio is connected: two callbacks, one address. */
export function guide({ webhookUrl, source }: GuideContext<TwilioSettings>): Guide {
  const url = addressAtTwilio(webhookUrl, source.settings);
  return {
    title: `Connect Twilio: ${source.name}`,
    summary:
      "Twilio tells each call's states and each finished recording here, signed with your Auth Token; the recording is fetched and the call reviewed.",
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
        text: "Give this source account_sid with auth_token, or with api_key_sid and api_key_secret.",
      },
      { title: "Calls", text: 'Phone Numbers > your number > Voice: set "Call status changes" to the URL, HTTP POST.' },
      {
        title: "Recordings",
        text: "Where your TwiML or API calls start a recording, set recordingStatusCallback to the URL.",
      },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required("CallSid", "Tells calls apart; the same in every callback of a call."),
      optional("CallStatus", "What state the call is in."),
      optional("From / To", "The two numbers. Not in a recording's callback.", "From, To"),
      optional("RecordingSid", "Tells a call's recordings apart."),
      optional("RecordingUrl", "Where the recording is."),
      optional("AccountSid", "Which campaign, where `campaigns` maps subaccounts."),
      optional("ParentCallSid", "The call that led to this leg. Kept with the call."),
    ],
    rules: [
      "A callback whose signature does not match the address and the Auth Token is refused with 401.",
      "completed ends a call well; busy, no-answer, failed and canceled end it as failed.",
      "Each leg of a call is a call of its own, as it is for Twilio; ParentCallSid says where it came from.",
    ],
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
