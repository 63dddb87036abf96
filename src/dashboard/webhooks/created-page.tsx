import type { EndpointRow } from "../../delivery";
import { Button, ButtonLink } from "../../ui/components/button";
import { Code } from "../../ui/components/code";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";

/** A webhook that was just made, with its secret, and what comes next. */
export function CreatedWebhookPage(props: { view: View; frame: Frame; endpoint: EndpointRow; secret: string }) {
  const { view, frame, endpoint, secret } = props;
  const words = wordsOf(webhookWords, view.language);
  const base = `/dashboard/webhooks/${endpoint.id}`;
  return (
    <FramedPage view={view} frame={frame} title={words.createdTitle} current="webhooks">
      <PageHead title={words.createdTitle} state={<span dir="auto">{endpoint.url}</span>} />
      <Panel title={words.secret}>
        <p>{words.createdText}</p>
        <div class="spaced">
          <Code view={view} text={secret} what={words.secret} />
        </div>
      </Panel>
      <Panel title={words.next}>
        <p>{words.nextReceiver}</p>
        <p>{words.nextTest}</p>
        <form method="post" action={`${base}/test`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={base}>{words.open}</ButtonLink>
          <ButtonLink href={`${base}/receiver`}>{words.openReceiver}</ButtonLink>
          <Button kind="main">{words.sendTest}</Button>
        </form>
      </Panel>
    </FramedPage>
  );
}
