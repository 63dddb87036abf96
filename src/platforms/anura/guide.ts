import type { Guide, GuideContext } from "../guide";

/** The fields of the seed's template, in its order, with what each is for ("What each field is for"). */
const FIELDS: readonly (readonly [field: string, purpose: string])[] = [
  ["dialtime", "Call date and time."],
  ["direction", "Inbound (inbound) or outbound (outbound)."],
  ["calling", "Origin number."],
  ["called", "Destination number."],
  ["status", "Final call status."],
  ["duration", "Duration in seconds."],
  ["billseconds", "Billed seconds."],
  ["wasrecorded", "Must be true."],
  ["audio_file_mp3", "Public, accessible URL of the recording."],
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
      "An API key of Trunkline.",
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
    headers: [
      { name: "X-API-Key", value: "YOUR_API_KEY", secret: true, note: "An API key of this organization." },
      { name: "Content-Type", value: "application/json" },
    ],
    snippets: [{ title: "Body", language: "json", text: `{\n${template}\n}` }],
    steps: [
      { title: "Make an API key", text: "Make one under API keys and copy it: it is shown once." },
      {
        title: "Add an event",
        text: "In the Anura panel open Configuration > Events and use Add. Choose the END trigger.",
      },
      { title: "Request", text: "Fill in the Request tab as listed." },
      { title: "Headers", text: "Add the headers as Key / Value pairs, with your API key." },
      {
        title: "Body",
        text: campaign
          ? "Paste the body. The campaign's number is filled in, without quotes."
          : "Paste the body and replace <YOUR_CAMPAIGN_ID> by the campaign's number, without quotes.",
      },
      { title: "Save and call", text: "Anura has no test button: make a short, recorded call and look for it here." },
    ],
    variables: [
      ...FIELDS.map(([field, purpose]) => ({ field, variable: `{{ ${field} }}`, purpose, required: true })),
      { field: "campaign_id", variable: number, purpose: "The campaign's number. Not a variable.", required: true },
      ...OPTIONAL.map(([field, purpose]) => ({ field, variable: `{{ ${field} }}`, purpose, required: false })),
    ],
    rules: [
      "Only END (and RECORDING) events with a recording are processed; others are answered with 200 and ignored.",
      "If a field of the table is missing as a key, the notification is rejected with 422 and the fields are named.",
      "The operator is found by name: accountname on outbound calls, queueagentname or answerterminal on inbound ones. It has to be the agent's name, not an extension.",
      "A campaign_id that is no campaign's puts the call in quarantine: it is kept, and you choose its campaign.",
    ],
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
          "Check that the event is END, that recording is enabled, that audio_file_mp3 is accessible, and the URL and headers.",
      },
      { symptom: "The notification is rejected: unauthorized", remedy: "X-API-Key is missing or wrong." },
      { symptom: "Another campaign, or no operator", remedy: "Check campaign_id and the agent's name." },
      { symptom: "Times are off by hours", remedy: "Set the source's time zone; without one it is Buenos Aires." },
    ],
  };
}
