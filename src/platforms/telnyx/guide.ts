import type { Guide, GuideContext } from "../guide";
import { answersOf, ENDS_IN_REVIEW, giveTrunkline, heldBack, optional, required } from "../guide-pieces";

/** How Telnyx is connected: the webhook of a Voice API application. */
export function guide(context: GuideContext): Guide {
  const { webhookUrl, source } = context;
  return {
    title: `Connect Telnyx: ${source.name}`,
    summary:
      "Telnyx reports each call's course and each saved recording here, signed with its key; the recording is fetched and the call reviewed.",
    before: [
      "The account's public key (Mission Control Portal > Keys & Credentials > Public Key), which is this source's secret.",
      "A Voice API (Call Control) or TeXML application whose calls are recorded.",
      "If recordings are to be fetched later than ten minutes after they were saved: an API key, as this source's credentials.",
    ],
    request: [
      { name: "Webhook URL", value: webhookUrl },
      { name: "Webhook API version", value: "API v2" },
    ],
    headers: [
      {
        name: "telnyx-signature-ed25519",
        value: "set by Telnyx",
        note: "Ed25519 of `<timestamp>|<raw body>`, base64.",
      },
      { name: "telnyx-timestamp", value: "set by Telnyx", note: "Unix seconds, at most 300 from now." },
    ],
    snippets: [
      {
        title: "Start recording a call that was answered",
        language: "sh",
        text: `curl -X POST "https://api.telnyx.com/v2/calls/$CALL_CONTROL_ID/actions/record_start" \\
  -H "Authorization: Bearer $TELNYX_API_KEY" -H "Content-Type: application/json" \\
  -d '{"format": "mp3", "channels": "dual"}'`,
      },
      giveTrunkline(context, {
        title: "Give Trunkline the API key",
        credentials: { api_key: "KEY…" },
        settings: { recording_links: "api" },
      }),
      {
        title: "TeXML: record a call that is put through",
        language: "xml",
        text: `<Response>
  <Dial record="record-from-answer-dual" recordingStatusCallback="${webhookUrl}">
    <Number statusCallback="${webhookUrl}">+15551230001</Number>
  </Dial>
</Response>`,
      },
    ],
    steps: [
      { title: "Secret", text: "Rotate this source's secret to the public key, unless it was made with it." },
      { title: "Webhook", text: "Voice > Voice API applications > your application: set the webhook URL, API v2." },
      {
        title: "TeXML",
        text: "Voice > TeXML applications > your application: set the status callback to the URL, POST; and recordingStatusCallback wherever a recording starts.",
      },
      {
        title: "Recordings",
        text: "Have your application start recordings, or turn on call recording for the outbound profile or number.",
      },
      {
        title: "Credentials",
        text: "Give this source api_key and set recording_links to `api`: a fresh link is then asked for at each try. Else a recording is lost that cannot be fetched within ten minutes. Links in `public_recording_urls` do not die and go before the others.",
      },
      { title: "Test", text: "Make a recorded call of ten seconds and look into the inbound log." },
    ],
    variables: [
      required(
        "data.payload.call_session_id",
        "Tells calls apart; the same for all legs and recordings.",
        "call_session_id",
      ),
      optional(
        "data.payload.direction",
        "Which way a leg went; in call.initiated. Of several legs the one that came in says who called whom.",
        "direction",
      ),
      optional("data.payload.from / to", "The two numbers.", "from, to"),
      optional("data.payload.hangup_cause", "How a leg ended.", "hangup_cause"),
      optional("data.payload.recording_urls", "Where the recording is, for ten minutes.", "recording_urls"),
      optional("data.payload.connection_id", "Which campaign, where `campaigns` maps applications.", "connection_id"),
      optional("CallSid", "TeXML: identifies the call. `ConnectionId`, `From` and `To` are as above.", "CallSid"),
    ],
    reading: [
      { what: "`call.initiated`", meaning: "The call goes on; who called whom, and which way." },
      { what: "`call.answered`", meaning: "When it was answered." },
      {
        what: "`call.hangup`",
        meaning:
          "Its end. `hangup_cause` `call_rejected`, `originator_cancel`, `timeout`, `user_busy`, `not_found`, `no_answer`: that leg was not answered; the call failed unless another leg was. `time_limit`, or a `sip_hangup_cause` of 200: completed. Any other, such as `normal_clearing`: completed if `call.answered` came; failed if another leg failed or `sip_hangup_cause` is 300 to 699; else completed. Any leg's end ends the call; a later, better end is a `call.updated`.",
      },
      {
        what: "`call.recording.saved`, `conference.recording.saved`",
        meaning: "A recording; a call may have several, distinguished by `recording_id`.",
      },
      {
        what: "`call.recording.transcription.saved`; TeXML: `TranscriptionText`",
        meaning:
          "What Telnyx heard in a recording: the call's transcript of the engine `platform`. The longest one counts.",
      },
      {
        what: "TeXML: `CallStatus`",
        meaning:
          "`initiated`, `ringing`, `in-progress`: the call goes on. `busy`, `no-answer`, `canceled`, `failed`: its end, failed. `completed`: its end; with `AnsweredTime` completed, else as `HangupCause` and `SipHangupCause` of a `call.hangup`.",
      },
      {
        what: "TeXML: `RecordingStatus`",
        meaning:
          "A recording, by its `RecordingSid`; `absent` is ignored. A `RecordingUrl` in a callback of the call's status is not taken: only the recording's own callback has its id.",
      },
      {
        what: "TeXML: `AnsweredBy`, `ParentCallSid`, `CallSessionId` and the rest",
        meaning:
          "Kept under `custom`. Each leg of a TeXML call is a call of its own. Only its last callback names the session: events of Call Control about the same leg are another call.",
      },
      { what: "`client_state`, `hangup_source`, `sip_hangup_cause` and the rest", meaning: "Kept under `custom`." },
    ],
    rules: [
      "A request without a good signature, or signed more than five minutes ago, is refused with 401.",
      "normal_clearing and time_limit end a call well that was answered; call_rejected, originator_cancel, timeout, user_busy, not_found and no_answer as failed where no leg was answered.",
      "Events about anything else are answered with 200 and ignored.",
      "The API key goes to `api.telnyx.com` and to no other host; the links it gives carry their own signature.",
    ],
    answers: answersOf({
      bodyCap: 262_144,
      unauthorized: {
        missing_signature: "API version 1 is not signed so; choose 2",
        wrong_signature: "another account's public key",
        timestamp_out_of_window: "it took over five minutes to come",
      },
      missing: "No `data.event_type`, `data.payload` or `call_session_id`; in a form no `CallSid`.",
      ignored: {
        event_ignored: "An event about something else",
        recording_absent: "Telnyx made no recording: there was nothing to record",
      },
      again: "Telnyx sends it again",
    }),
    next: ["The call appears with its first event.", ...ENDS_IN_REVIEW],
    trouble: [
      { symptom: "Every event is refused: wrong_signature", remedy: "The source holds another account's public key." },
      heldBack("Telnyx"),
      { symptom: "A recording stays not_allowed", remedy: "Its link had died: set credentials and recording_links." },
      { symptom: "No recording", remedy: "Nothing starts one: record_start, or call recording on the profile." },
    ],
  };
}
