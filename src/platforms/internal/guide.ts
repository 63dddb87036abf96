import type { Guide, GuideContext } from "../guide";
import { answer, optional, required } from "../guide-pieces";

/** How recordings are uploaded for this source. */
export function guide({ webhookUrl, publicUrl, source, campaign }: GuideContext): Guide {
  const number = campaign?.number ?? "<YOUR_CAMPAIGN_NUMBER>";
  const sourceId = new URL(webhookUrl).searchParams.get("source_id");
  const metadata = sourceId === null ? "" : ` source_id: "${sourceId}",`;
  return {
    title: `Upload recordings: ${source.name}`,
    summary: "Recordings come from a program or a person of your own, with what is known of the call beside them.",
    before: ["An API key of Trunkline. One that is limited to a campaign uploads into that campaign only."],
    request: [
      { name: "URL", value: webhookUrl },
      { name: "Method", value: "POST" },
      { name: "Content type", value: "multipart/form-data", note: "Or the audio itself as the body, e.g. audio/mpeg." },
    ],
    headers: [{ name: "X-API-Key", value: "YOUR_API_KEY", secret: true }],
    snippets: [
      {
        title: "Upload one recording",
        language: "sh",
        text: `curl -sS -X POST "${webhookUrl}" -H "X-API-Key: YOUR_API_KEY" \\
  -F campaign_id=${number} -F external_id=call-4711 -F direction=inbound -F "from=+5491167950079" \\
  -F "operator=Marta Gómez" -F started_at=2026-02-10T10:30:45Z -F file=@recording.mp3`,
      },
      {
        title: "The audio as the body",
        language: "sh",
        text: `curl -sS -X POST "${webhookUrl}${sourceId === null ? "?" : "&"}campaign_id=${number}&external_id=call-4711" \\
  -H "X-API-Key: YOUR_API_KEY" -H "Content-Type: audio/mpeg" --data-binary @recording.mp3`,
      },
      {
        title: "Resumable, from JavaScript (tus-js-client)",
        language: "text",
        text: `new tus.Upload(file, {
  endpoint: "${publicUrl}/v1/uploads/tus",
  headers: { "X-API-Key": "YOUR_API_KEY" },
  chunkSize: 64 * 1024 * 1024,
  metadata: {${metadata} filename: file.name, campaign_id: "${number}", external_id: "call-4711" },
  onProgress: (sent, total) => console.log(sent / total),
}).start();`,
      },
    ],
    steps: [
      {
        title: "Choose the external id",
        text: "Your own id of the call: uploading the same file under it again doubles nothing.",
      },
      { title: "Upload", text: "Run one of the snippets. The answer names the call and its task." },
      {
        title: "Look",
        text: "The call, its recording and its task appear within seconds; `GET /v1/uploads` lists uploads.",
      },
    ],
    variables: [
      required("file", "The recording; several of them are recordings of one call."),
      optional("campaign_id", "The campaign, by id or number."),
      optional("external_id", "Your id of the call."),
      optional("direction", "inbound, outbound or internal."),
      optional("from / to", "The two numbers.", "from, to"),
      optional("started_at", "When the call began."),
      optional("duration_seconds", "How long it was."),
      optional("operator", "The operator, by name."),
      optional("custom[…]", "Anything else that is to be kept with the call."),
    ],
    reading: [],
    rules: [
      "A file that is no audio is refused with 415, whatever its name.",
      "One request may have 100 MB, unless the deployment says otherwise: larger files, up to 4 GiB, come resumably, in chunks below that.",
      "A resumable upload may be continued for 24 hours.",
    ],
    answers: [
      answer(201, null, "Stored. The answer names the call and its task."),
      answer(401, null, "The key is missing, wrong or revoked."),
      answer(413, null, "A request above 100 MB, or a file above 4 GiB."),
      answer(415, null, "The content is a page, a text or an unknown format: the answer says which."),
      answer(422, null, "A field is not what it must be; all are named at once."),
    ],
    next: [
      "The recording is kept.",
      "Its task is created, ready for review.",
      "It is analysed, where the campaign says so.",
    ],
    trouble: [
      {
        symptom: "415: no audio",
        remedy: "The content is a page, a text or an unknown format: the answer says which.",
      },
      { symptom: "422: campaign_id names no campaign", remedy: "Use the number or the id `GET /v1/campaigns` shows." },
      {
        symptom: "413 from Cloudflare itself",
        remedy: "The request is above your plan's limit: upload resumably, with a smaller chunkSize.",
      },
    ],
  };
}
