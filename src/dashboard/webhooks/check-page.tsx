import type { ReceivedRequest, SignatureFinding } from "../../delivery";
import { Button } from "../../ui/components/button";
import { TextArea } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { WebhookPage, type WebhookPageProps, type WebhookWords } from "./webhook-page";

type Props = WebhookPageProps & { received: ReceivedRequest; finding: SignatureFinding | null };

/** Receivers refuse what is further off than this, in seconds. */
const WINDOW = 300;

/** Whether a request that a receiver refused is ours. */
export function CheckPage(props: Props) {
  const { view, frame, parts, received, finding } = props;
  const words = wordsOf(webhookPageWords, view.language);
  return (
    <WebhookPage {...props} tab="check">
      {finding && (
        <Panel>
          <div role="status" tabindex={-1} data-focus>
            <Status tone={toneOf(finding)}>{textOf(words, finding)}</Status>
            {finding.kind !== "no_header" && finding.age !== null && Math.abs(finding.age) > WINDOW && (
              <p>{words.age(view.formats.span(Math.abs(finding.age) * 1000))}</p>
            )}
          </div>
        </Panel>
      )}
      <Panel>
        <form method="post" action={`/dashboard/webhooks/${parts.endpoint.id}/check`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <p>{words.checkText}</p>
          <TextArea view={view} name="headers" label={words.checkHeaders} value={received.headers} rows={6} mono />
          <TextArea view={view} name="body" label={words.checkBody} value={received.body} rows={10} mono />
          <div class="actions">
            <Button kind="main">{words.checkNow}</Button>
          </div>
        </form>
      </Panel>
    </WebhookPage>
  );
}

function toneOf({ kind }: SignatureFinding): Tone {
  if (kind === "current") return "good";
  return kind === "none" || kind === "no_header" ? "wrong" : "attention";
}

function textOf(words: WebhookWords, finding: SignatureFinding): string {
  return finding.kind === "no_header" ? words.noHeader(finding.header) : words[finding.kind];
}
