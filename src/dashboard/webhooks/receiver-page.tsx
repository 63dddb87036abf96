import { receiverCode, RECEIVER_LANGUAGES, type ReceiverLanguage } from "../../delivery";
import { Code } from "../../ui/components/code";
import { Panel } from "../../ui/components/panel";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { WebhookPage, type WebhookPageProps } from "./webhook-page";

const NAMES: Record<ReceiverLanguage, string> = {
  node: "Node.js",
  python: "Python",
  php: "PHP",
  go: "Go",
  csharp: "C#",
};

export function receiverLanguageIn(text: string | undefined): ReceiverLanguage {
  return RECEIVER_LANGUAGES.find((language) => language === text) ?? "node";
}

/** A whole receiver for this webhook. */
export function ReceiverPage(props: WebhookPageProps & { chosen: ReceiverLanguage }) {
  const { view, parts, chosen } = props;
  const words = wordsOf(webhookPageWords, view.language);
  const base = `/dashboard/webhooks/${parts.endpoint.id}/receiver`;
  return (
    <WebhookPage {...props} tab="receiver">
      <nav class="chips choose" aria-label={words.writtenIn}>
        {RECEIVER_LANGUAGES.map((language) => (
          <a class="chip" href={`${base}?in=${language}`} aria-current={language === chosen ? "true" : undefined}>
            {NAMES[language]}
          </a>
        ))}
      </nav>
      <Panel title={NAMES[chosen]} aside={words.receiverText}>
        <Code view={view} text={receiverCode(chosen, parts.endpoint.profile)} what={words.receiver} />
      </Panel>
    </WebhookPage>
  );
}
