import type { Guide, GuideContext } from "../guide";
import { answer, answersOf } from "../guide-pieces";
import { MAPPED_NEXT, MAPPED_READING, MAPPED_TROUBLE, trySnippet, variablesOf } from "../mapping";
import type { HmacSettings } from "./settings";

/** How a system is connected that signs with an HMAC in its own way, as this source is set. */
export function guide({ webhookUrl, publicUrl, source }: GuideContext<HmacSettings>): Guide {
  const { settings } = source;
  const {
    algorithm = "sha256",
    encoding = "hex",
    signed = "{body}",
    secret_encoding: secretEncoding = "text",
  } = settings;
  return {
    title: `Connect a signing system: ${source.name}`,
    summary: `Your system posts one JSON notice for each call, signed with HMAC-${algorithm.toUpperCase()} over ${signed}; Trunkline reads it by this source's mapping.`,
    before: [
      "Your system's documentation of its webhook signature.",
      "Its signing secret, or this source's, which Trunkline showed once.",
    ],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Method", value: "POST" },
      { name: "Body", value: "one JSON object in UTF-8", note: "At most 1 MiB." },
      { name: "Signed", value: signed, note: "{body} is the raw body, {url} the address above as it stands." },
      { name: "Secret", value: secretEncoding === "text" ? "its text as it stands" : `its ${secretEncoding} decoded` },
    ],
    headers: headersOf(settings, encoding),
    snippets: [
      ...(isPlain(settings) ? [sample(webhookUrl, settings)] : []),
      ...(settings.mapping === undefined
        ? []
        : [{ title: "The mapping", language: "json" as const, text: JSON.stringify(settings.mapping, null, 2) }]),
      trySnippet(publicUrl, source.id),
    ],
    steps: [
      {
        title: "Say how it signs",
        text: "Set algorithm, encoding, the headers and the signed text on this source, as the system documents them.",
      },
      {
        title: "Agree on the secret",
        text: "Paste this source's secret there, or rotate this source to the one shown there.",
      },
      { title: "Register the URL", text: "Add it as a webhook in your system and let it send a test." },
      {
        title: "Set the mapping",
        text: "Unless your system sends Trunkline's own format, say where its notices have what. Try it on a sample.",
      },
    ],
    variables: variablesOf(settings.mapping),
    rules: [
      "A request without a good signature is refused with 401; the inbound log says why.",
      settings.timestamp_header === undefined && settings.timestamp_key === undefined
        ? "No moment is signed, so an old request that was overheard can be sent again. It changes nothing that is there."
        : `A request signed more than ${settings.tolerance_seconds ?? 300} seconds from now is refused.`,
    ],
    reading: MAPPED_READING,
    answers: answersOf({
      bodyCap: 1_048_576,
      unauthorized: {
        missing_signature: "a header is not there",
        malformed_signature: "the header holds no signature in the form that is set",
        wrong_signature: "signed with another secret, or not as the settings say",
        timestamp_out_of_window: "signed too long ago",
        unusable_secret: "this source's secret cannot be decoded as the settings say",
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
        symptom: "wrong_signature in the inbound log",
        remedy: "The secret differs, or algorithm, encoding or the signed text are not what the system does.",
      },
      {
        symptom: "malformed_signature",
        remedy:
          "The header holds something before the signature (signature_prefix), a list (signature_key), or another encoding.",
      },
      { symptom: "timestamp_out_of_window", remedy: "A wrong clock, or timestamp_unit is not what the system sends." },
      ...MAPPED_TROUBLE,
    ],
  };
}

function headersOf(settings: HmacSettings, encoding: string): Guide["headers"] {
  const { signature_header: name = "X-Signature", signature_key: key, signature_prefix: prefix = "" } = settings;
  const timestamp = settings.timestamp_key === undefined ? "" : `${settings.timestamp_key}=<timestamp>,`;
  const value = key === undefined ? `${prefix}<${encoding}>` : `${timestamp}${key}=<${encoding}>`;
  const unit = { s: "Unix seconds", ms: "Unix milliseconds", iso: "ISO 8601" }[settings.timestamp_unit ?? "s"];
  return [
    { name, value, note: "Several signatures are looked at one by one." },
    ...(settings.timestamp_header === undefined ? [] : [{ name: settings.timestamp_header, value: unit }]),
    ...(settings.id_header === undefined ? [] : [{ name: settings.id_header, value: "the notice's id" }]),
    { name: "Content-Type", value: "application/json" },
  ];
}

/** Whether the body alone is signed, under the secret as it stands: what a shell can do in a line. */
function isPlain({ signed = "{body}", secret_encoding: encoding = "text", ...settings }: HmacSettings): boolean {
  return (
    signed === "{body}" &&
    encoding === "text" &&
    settings.timestamp_header === undefined &&
    settings.timestamp_key === undefined
  );
}

function sample(webhookUrl: string, settings: HmacSettings): Guide["snippets"][number] {
  const { algorithm = "sha256", encoding = "hex", signature_header: name = "X-Signature" } = settings;
  const { signature_key: key, signature_prefix: prefix = "" } = settings;
  const made = `openssl dgst -${algorithm} -hmac "$SECRET" -binary`;
  const encoded = encoding === "hex" ? "od -An -tx1 | tr -d ' \\n'" : "openssl base64 -A";
  const before = key === undefined ? prefix : `${key}=`;
  return {
    title: "Send a signed notice by hand",
    language: "sh",
    text: `SECRET=YOUR_SECRET
BODY='{"external_id":"call-1001","from":"+541155550100","to":"+541155550199"}'
SIGNATURE=$(printf %s "$BODY" | ${made} | ${encoded})
curl -sS -X POST ${webhookUrl} \\
  -H "Content-Type: application/json" \\
  -H "${name}: ${before}$SIGNATURE" \\
  -d "$BODY"`,
  };
}
