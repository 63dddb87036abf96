import type { Guide, GuideContext } from "../guide";
import { answer, answersOf, apiKeyHeader, MAKE_API_KEY, NEEDS_API_KEY } from "../guide-pieces";

/** The fields of the seed's template, in its order, with what each is for ("What each field is for"). */
const FIELDS: readonly (readonly [field: string, purpose: string])[] = [
  [
    "dialtime",
    "Call date and time: `YYYY-MM-DD HH:MM:SS`, `DD/MM/YYYY HH:MM:SS` or ISO 8601. Without an offset it is the clock of Buenos Aires, or of the source's `time_zone`.",
  ],
  ["direction", "Inbound (inbound) or outbound (outbound); also internal, and the Spanish words."],
  ["calling", "Origin number."],
  ["called", "Destination number."],
  ["status", "Final call status: whether the call was answered."],
  ["duration", "Duration in seconds."],
  ["billseconds", "Billed seconds. Billed talk outweighs the status."],
  ["wasrecorded", "Must be true."],
  ["audio_file_mp3", "Public, accessible URL of the recording; it must be `https`."],
  ["accountname", "Account or agent name: the operator of an outbound call."],
  ["accountextension", "Account extension."],
  ["queueagentname", "Agent name: the operator of an inbound call."],
  ["answerterminal", "The operator of an inbound call that has no queueagentname."],
];

/** Fields that are not in the template but are worth adding, and others that are kept for the record. */
const OPTIONAL: readonly (readonly [field: string, purpose: string])[] = [
  ["cdrid", "Names the call for certain; without it a call is known by its time, numbers and direction."],
  ["hooktrigger", "Only if one template serves several hooks; without it a notice counts as END."],
  ["callingname", "Kept with the call."],
  ["calledname", "Kept with the call."],
  ["queuename", "Kept with the call."],
  ["accounttags", "Kept with the call."],
  ["custom1", "Kept with the call; also custom2 and custom3."],
];

/** Anura's screen: what its event's three tabs hold (seed, "Step 3 - In Anura: create the event"). */
export function guide({ webhookUrl, source, campaign }: GuideContext): Guide {
  const url = new URL(webhookUrl);
  const number = campaign ? String(campaign.number) : "<YOUR_CAMPAIGN_ID>";
  const template = [...FIELDS.map(([field]) => `"${field}": "{{ ${field} }}"`), `"campaign_id": ${number}`].join(",\n");
  return {
    title: `Connect Anura: ${source.name}`,
    summary:
      "When a call ends, Anura sends a notification with the call's data and the link to its recording; the call enters on its own.",
    before: [
      campaign
        ? `The campaign the calls belong to: Campaign ID #${campaign.number}, ${campaign.name}.`
        : "A campaign: its number goes into the body.",
      NEEDS_API_KEY,
      "Access to Configuration > Events in the Anura panel.",
    ],
    request: [
      { name: "Protocol", value: url.protocol === "http:" ? "HTTP" : "HTTPS" },
      { name: "Host", value: url.hostname },
      { name: "Port", value: url.port || (url.protocol === "http:" ? "80" : "443") },
      { name: "Path", value: url.pathname },
      { name: "Method", value: "POST" },
      { name: "Content type", value: "application/json" },
      { name: "Authorization", value: "No authorization", note: "The key goes into the Headers tab." },
    ],
    headers: [apiKeyHeader("An API key of this organization."), { name: "Content-Type", value: "application/json" }],
    snippets: [{ title: "Body", language: "json", text: `{\n${template}\n}` }],
    steps: [
      MAKE_API_KEY,
      {
        title: "Add an event",
        text: "In the Anura panel open Configuration > Events and use Add. Choose the END trigger; RECORDING works too, and both together are best.",
      },
      { title: "Request", text: "Fill in the Request tab as listed." },
      { title: "Headers", text: "Add the headers as Key / Value pairs, with your API key." },
      {
        title: "Body",
        text: campaign
          ? "Paste the body. The campaign's number is filled in, without quotes."
          : "Paste the body and replace `<YOUR_CAMPAIGN_ID>` by the campaign's number, without quotes.",
      },
      { title: "Save and call", text: "Anura has no test button: make a short, recorded call and look for it here." },
    ],
    variables: [
      ...FIELDS.map(([field, purpose]) => ({ field, variable: `{{ ${field} }}`, purpose, required: true })),
      { field: "campaign_id", variable: number, purpose: "The campaign's number. Not a variable.", required: true },
      ...OPTIONAL.map(([field, purpose]) => ({ field, variable: `{{ ${field} }}`, purpose, required: false })),
    ],
    reading: [
      {
        what: "Operator",
        meaning:
          "Outbound and internal: `accountname`; inbound: `queueagentname`, else `answerterminal`. Compared without case, accents and double spaces; a new name makes a new operator, and one of digits only is marked `needs_review`.",
      },
      {
        what: "Empty values",
        meaning:
          "The keys must all be there; values may be empty, but for `dialtime`, `direction` and `campaign_id` (an empty `wasrecorded` means not recorded). Inbound calls need the key `queueagentname` or `answerterminal`, one of them. Numbers may come as text.",
      },
      {
        what: "Any other variable",
        meaning: "Kept with the call under `custom`, but for further links to the recording.",
      },
      {
        what: "A recording that is not there yet",
        meaning:
          "END often comes before the file exists. It is tried after 5 s, 15 s, 60 s, 5 min, 15 min, then every half hour for a day. With an empty `audio_file_mp3` the RECORDING notice is waited for, two hours. Then `recording.failed` says why, and no task is made.",
      },
    ],
    rules: [
      "The path `/webhook/anura/` works too, for one source: which organization it is for, the key says. `GET /webhook/anura/health` answers without a key.",
      "Only END (and RECORDING) events with a recording are processed; others are answered with 200 and ignored.",
      "If a field of the table is missing as a key, the notification is rejected with 422 and the fields are named.",
      "The operator is found by name: accountname on outbound calls, queueagentname or answerterminal on inbound ones. It has to be the agent's name, not an extension.",
      "A campaign_id that is no campaign's puts the call in quarantine: it is kept, and you choose its campaign.",
    ],
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: { unknown_key: "the key is missing, wrong or revoked: put it in the Headers tab" },
      more: [
        answer(415, "unsupported_content_type", "Not JSON, URL-encoded or multipart. Set the content type."),
        answer(
          400,
          "invalid_form",
          "The multipart body is broken. For `invalid_json` the message says why: `<YOUR_CAMPAIGN_ID>` left in, a quote inside a name, a variable outside quotes.",
        ),
        answer(400, "unrendered_hook", "`hooktrigger` came as `{{ hooktrigger }}`. Leave the field out."),
      ],
      missing: "Keys that are not in the body, all named at once.",
      ignored: {
        hook_ignored: "Not END or RECORDING: START, TALK …",
        not_recorded: "`wasrecorded` is not true: no task is made",
      },
      values: "Values that are not what they should be, all named at once.",
    }),
    next: [
      "Trunkline checks the API key.",
      "The operator is found by name, and made if there is none of that name.",
      "The recording is downloaded and the task is created.",
      "The call is analysed and ready to review and audit.",
    ],
    trouble: [
      {
        symptom: "No calls come in",
        remedy:
          "Check that the event is END, that recording is enabled, that audio_file_mp3 is accessible, and the URL and headers. `GET /v1/sources/{id}/health` says what is wrong.",
      },
      {
        symptom: "Nothing in the inbound log",
        remedy:
          "The event does not fire, or host, port or path are wrong. What comes to `/webhook/anura/` with a bad key is seen by the deployment's owner only: use the path above.",
      },
      {
        symptom: "Calls, but no tasks",
        remedy:
          "Not recorded, recording not accessible (`GET /v1/recordings?state=failed`), or in quarantine (`GET /v1/calls?quarantine=true`).",
      },
      { symptom: "blocked_url in a recording's reason", remedy: "Its address is not https, or not public." },
      { symptom: "The notification is rejected: unauthorized", remedy: "X-API-Key is missing or wrong." },
      { symptom: "Another campaign, or no operator", remedy: "Check campaign_id and the agent's name." },
      {
        symptom: "An operator named 1000",
        remedy: "Anura's variable holds an extension. Use the one that holds the name.",
      },
      { symptom: "Times are off by hours", remedy: "Set the source's time zone; without one it is Buenos Aires." },
    ],
  };
}
