import type { Guide, GuideContext } from "../guide";
import { answer, answersOf, apiKeyHeader, MAKE_API_KEY, NEEDS_API_KEY } from "../guide-pieces";
import {
  MAPPED_NEXT,
  MAPPED_READING,
  MAPPED_TROUBLE,
  SAMPLE_NOTICE,
  trySnippet,
  variablesOf,
  type MappedSettings,
} from "../mapping";

/** How any system is connected that can post JSON with a header of its user's choice. */
export function guide({ webhookUrl, publicUrl, source, campaign }: GuideContext<MappedSettings>): Guide {
  const { mapping } = source.settings;
  return {
    title: `Connect an external system: ${source.name}`,
    summary:
      "Your system posts one JSON notice for each call, with an API key; Trunkline reads it by this source's mapping.",
    before: [
      NEEDS_API_KEY,
      campaign
        ? `The calls go to Campaign #${campaign.number}, ${campaign.name}, unless a notice names another.`
        : "A campaign: bind the source to one, or name its number in each notice.",
    ],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Method", value: "POST" },
      { name: "Body", value: "one JSON object in UTF-8", note: "At most 1 MiB." },
    ],
    headers: [
      apiKeyHeader("Authorization: Bearer YOUR_API_KEY does too."),
      { name: "Content-Type", value: "application/json" },
    ],
    snippets: [
      ...(mapping === undefined
        ? [
            {
              title: "Send a notice",
              language: "sh" as const,
              text: `curl -sS -X POST ${webhookUrl} \\
  -H "X-API-Key: YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(SAMPLE_NOTICE)}'`,
            },
          ]
        : [{ title: "The mapping", language: "json" as const, text: JSON.stringify(mapping, null, 2) }]),
      trySnippet(publicUrl, source.id),
    ],
    steps: [
      MAKE_API_KEY,
      {
        title: "Choose the form",
        text: "Send Trunkline's own format, or set this source's mapping to your system's: try it on a sample first.",
      },
      {
        title: "Post each call",
        text: "When it ends, or several times as it goes on. The same notice twice does no harm.",
      },
    ],
    variables: variablesOf(mapping),
    rules: [
      "A notice is answered with 200 once it is kept. Send it again after a 5xx or no answer.",
      "Notices of one call have one external_id, and may come in any order.",
      "Everything wrong in a notice is named at once, field by field, with 422.",
    ],
    reading: MAPPED_READING,
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: { unknown_key: "the key is missing, wrong or revoked" },
      missing: null,
      more: [
        answer(
          422,
          "unreadable_values",
          "The notice does not fit the mapping; every field is named. Mend the mapping, then replay what was refused.",
        ),
      ],
      ignored: { not_wanted: "`only_if` is not true of the notice" },
    }),
    next: MAPPED_NEXT,
    trouble: [{ symptom: "401 unauthorized", remedy: "X-API-Key is missing or wrong." }, ...MAPPED_TROUBLE],
  };
}
