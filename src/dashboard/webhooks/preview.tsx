import { previewRequest, type ProfileName } from "../../delivery";
import { Code } from "../../ui/components/code";
import { wordsOf } from "../../ui/strings/define";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";
import { fieldsNamed, optionsFrom, previewHeaders, type WebhookFields } from "./form";

/** What would be sent with these fields, or what is wrong with them. */
export async function previewOf(view: View, profile: ProfileName, fields: WebhookFields) {
  const words = wordsOf(webhookWords, view.language);
  const { options, errors } = optionsFrom(fields, view.language);
  const { events, method = "POST", template = null } = options;
  const headers = previewHeaders(options.headers);
  const concerning = errors.filter(({ field }) => field === "headers" || field === "events");
  if (concerning.length > 0) return <PreviewProblems words={words} messages={concerning.map((one) => one.message)} />;
  const made = await previewRequest({ profile, events, method, headers, template }, view.now);
  if (!made.ok) {
    const problems = made.error.kind === "invalid" ? fieldsNamed(made.error.fields) : [];
    return <PreviewProblems words={words} messages={problems.map(({ message }) => message)} />;
  }
  const { type, body } = made.value;
  const place = URL.parse(fields.url)?.pathname ?? "/";
  const lines = Object.entries(made.value.headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      <p class="hint">{words.previewOf(type)}</p>
      <Code view={view} text={[`${method} ${place}`, ...lines, "", indented(body)].join("\n")} what={words.preview} />
    </>
  );
}

function PreviewProblems({ words, messages }: { words: { previewWrong: string }; messages: readonly string[] }) {
  return (
    <div class="form-errors">
      <p>{words.previewWrong}</p>
      <ul>
        {messages.map((message) => (
          <li dir="auto">{message}</li>
        ))}
      </ul>
    </div>
  );
}

/** JSON for people; anything else as it is. */
export function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
