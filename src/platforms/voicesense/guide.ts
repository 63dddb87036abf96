import type { Guide, GuideContext } from "../guide";
import { answersOf, giveTrunkline, optional, required } from "../guide-pieces";
import { fieldNames, type VoicesenseSettings } from "./settings";

/** How Voicesense is connected (seed "Webhooks"). */
export function guide(context: GuideContext<VoicesenseSettings>): Guide {
  const { webhookUrl, source } = context;
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
      giveTrunkline(context, { title: "Give Trunkline the secret", secret: "THE_SIGNING_SECRET" }),
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
      required(reference, "Tells calls apart.", "{{ReferenceId}}"),
      required(stream, "Tells calls apart where there is no reference.", "{{StreamId}}"),
      optional(error, "Set: the analysis failed, with that error.", "{{ErrorMessage}}"),
      optional(duration, "The audio's length in seconds.", "{{AudioDuration}}"),
    ],
    reading: [
      {
        what: "`ScoreLeft` and `ScoreRight`, or a score under its path",
        meaning:
          "Findings of the platform: an analysis with the engine `platform`, told by `analysis.completed` and in `call.processed`, and on the page of the call. Voicesense says neither a score's scale nor its why, so neither is shown.",
      },
      {
        what: "`EngineVersion`",
        meaning: "The scores of each version are kept beside those of the others. Put it into your Body Template.",
      },
      {
        what: "A score under a name of your own",
        meaning: "Name it in the setting `score_fields`; else it is kept under `custom`, as everything else is.",
      },
      {
        what: "The call",
        meaning: "It has no recording, and begins when its notice comes: Voicesense says neither.",
      },
      {
        what: "A file that is analysed again",
        meaning:
          "Under the same reference it is the same call. Of two results of one version the later counts, and is told by `analysis.updated`; a failure never takes the place of a result.",
      },
    ],
    rules: [
      "A request without a good signature is refused with 401.",
      "A body that is not JSON is refused with 400: quote every variable in a customised template that may hold text. Numbers in quotes are kept as text.",
      "One of the two ids must be in the body. `null` as text counts as nothing.",
      "Regenerating the secret in Voicesense replaces it at once: rotate this source's secret to the new one.",
    ],
    answers: answersOf({
      bodyCap: 262_144,
      unauthorized: {
        missing_signature: "the header is not there",
        wrong_signature: "signed with another secret",
      },
      missing: "Neither of the two ids: the template names them otherwise.",
    }),
    next: ["The call appears, ended, with its scores: both sides, each under its name."],
    trouble: [
      {
        symptom: "Every notice is refused: wrong_signature",
        remedy: "The secret was regenerated: rotate the source's secret to the one of the Webhooks page.",
      },
      {
        symptom: "refused: missing_fields",
        remedy: "The Body Template names the ids otherwise: set `reference_field` and `stream_field`.",
      },
      {
        symptom: "refused: invalid_json",
        remedy: "The Body Template does not make JSON: a variable outside quotes holds text.",
      },
    ],
  };
}
