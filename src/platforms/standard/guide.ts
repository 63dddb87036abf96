import type { Guide, GuideContext } from "../guide";
import { answer, answersOf } from "../guide-pieces";
import { MAPPED_NEXT, MAPPED_READING, MAPPED_TROUBLE, trySnippet, variablesOf, type MappedSettings } from "../mapping";

/** How a system is connected that signs as Standard Webhooks says. */
export function guide({ webhookUrl, publicUrl, source }: GuideContext<MappedSettings>): Guide {
  return {
    title: `Connect Standard Webhooks: ${source.name}`,
    summary:
      "Your system posts one JSON notice for each call, signed as Standard Webhooks says; Trunkline reads it by this source's mapping.",
    before: [
      "Where your system sets up webhooks.",
      "Its signing secret, or this source's, which Trunkline showed once.",
    ],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Method", value: "POST" },
      { name: "Body", value: "one JSON object in UTF-8", note: "At most 1 MiB." },
    ],
    headers: [
      { name: "webhook-id", value: "set by the sender", note: "svix-id, svix-timestamp and svix-signature do too." },
      { name: "webhook-timestamp", value: "set by the sender", note: "Unix seconds, at most 300 from now." },
      {
        name: "webhook-signature",
        value: "set by the sender",
        note: "v1, and the base64 HMAC-SHA256 of id.timestamp.body.",
      },
    ],
    snippets: [
      ...(source.settings.mapping === undefined
        ? []
        : [
            { title: "The mapping", language: "json" as const, text: JSON.stringify(source.settings.mapping, null, 2) },
          ]),
      trySnippet(publicUrl, source.id),
    ],
    steps: [
      { title: "Register the URL", text: "Add it as a webhook endpoint in your system." },
      {
        title: "Agree on the secret",
        text: "Paste this source's whsec_ secret there, or rotate this source to the one shown there.",
      },
      {
        title: "Set the mapping",
        text: "Unless your system sends Trunkline's own format, say where its notices have what. Try it on a sample.",
      },
    ],
    variables: variablesOf(source.settings.mapping),
    rules: [
      "A request without a good v1 signature, or signed more than five minutes from now, is refused with 401.",
      "While a secret is being rotated, signatures with the old and the new one are taken.",
    ],
    reading: MAPPED_READING,
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: {
        missing_signature: "one of the three headers is not there",
        malformed_signature: "no `v1` signature in the header",
        wrong_signature: "signed with another secret",
        timestamp_out_of_window: "signed more than five minutes from now",
      },
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
    trouble: [
      {
        symptom: "401 wrong_signature in the inbound log",
        remedy: "The two sides hold different secrets, or something between them changes the body.",
      },
      {
        symptom: "401 timestamp_out_of_window",
        remedy: "The sender's clock is wrong, or something holds requests back for over five minutes.",
      },
      ...MAPPED_TROUBLE,
    ],
  };
}
