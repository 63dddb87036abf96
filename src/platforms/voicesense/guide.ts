import type { Guide, GuideContext } from "../guide";
import { fieldNames, type VoicesenseSettings } from "./settings";

/** How Voicesense is connected (seed "Webhooks"). */
export function guide({ webhookUrl, source }: GuideContext<VoicesenseSettings>): Guide {
  const { reference, stream, error, duration } = fieldNames(source.settings);
  return {
    title: `Connect Voicesense: ${source.name}`,
    summary: "Voicesense sends the scores of each audio file it has analysed; they appear as a call with its scores.",
    before: ["A Company Operator login at score.voicesense.com."],
    request: [
      { name: "Delivery URL", value: webhookUrl },
      { name: "Request Type", value: "POST", note: "PUT does too." },
    ],
    headers: [
      { name: "X-Voicesense-Signature", value: "set by Voicesense", note: "HMAC-SHA256 of the raw body, hexadecimal." },
    ],
    snippets: [
      {
        title: "Body Template, if you customise it: these four under these names, and what else you like",
        language: "json",
        text: `{
   ${JSON.stringify(reference)}: "{{ReferenceId}}",
   ${JSON.stringify(stream)}: "{{StreamId}}",
   ${JSON.stringify(duration)}: {{AudioDuration}},
   ${JSON.stringify(error)}: "{{ErrorMessage}}",
   "ScoreLeft": {{ScoreLeft}},
   "ScoreRight": {{ScoreRight}}
}`,
      },
    ],
    steps: [
      {
        title: "Create the webhook",
        text: "Open Company Operator > Webhooks, choose Create, fill in the Delivery URL and save.",
      },
      {
        title: "Give Trunkline the secret",
        text: "Copy the signing secret of the Webhooks page and rotate this source's secret to it.",
      },
      { title: "Analyse a file", text: "Let Voicesense analyse an audio file and look into the inbound log." },
    ],
    variables: [
      { field: reference, variable: "{{ReferenceId}}", purpose: "Tells calls apart.", required: true },
      {
        field: stream,
        variable: "{{StreamId}}",
        purpose: "Tells calls apart where there is no reference.",
        required: true,
      },
      { field: error, variable: "{{ErrorMessage}}", purpose: "Set: the analysis failed.", required: false },
      { field: duration, variable: "{{AudioDuration}}", purpose: "The audio's length in seconds.", required: false },
    ],
    rules: [
      "A request without a good signature is refused with 401.",
      "A body that is not JSON is refused with 400: quote every variable in a customised template that may hold text.",
      "One of the two ids must be in the body. `null` as text counts as nothing.",
    ],
    next: ["The call appears, ended, with each score under its path, e.g. ScoreRight.Scores.Engaged."],
    trouble: [
      {
        symptom: "Every notice is refused: wrong_signature",
        remedy: "The secret was regenerated: rotate the source's secret to the one of the Webhooks page.",
      },
      {
        symptom: "refused: missing_fields",
        remedy: "The Body Template names the ids otherwise: set `reference_field` and `stream_field`.",
      },
    ],
  };
}
