import { nameOfEndpoint, type Count, type EndpointRow } from "../../delivery";
import { Button, ButtonLink } from "../../ui/components/button";
import { SelectField, TextField } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { webhookPageWords } from "../../ui/strings/webhook";
import { webhookWords } from "../../ui/strings/webhooks";
import type { View } from "../../ui/view";

/** What is to be sent again, as the form has it: days of the viewer's zone. */
export type ReplayChoice = { what: "parked" | "everything"; since: string; until: string };

type Props = { view: View; frame: Frame; endpoint: EndpointRow; choice: ReplayChoice; matched: Count };

/** How much a replay would send, before anything is sent. */
export function ReplayWebhookPage({ view, frame, endpoint, choice, matched }: Props) {
  const words = wordsOf(webhookPageWords, view.language);
  const base = `/dashboard/webhooks/${endpoint.id}`;
  const count = view.formats.counted(matched.count, matched.more);
  return (
    <FramedPage view={view} frame={frame} title={words.replayTitle} current="webhooks">
      <PageHead title={words.replayTitle} state={<span dir="auto">{nameOfEndpoint(endpoint)}</span>} />
      <Panel>
        <p>{words.replayText}</p>
        <form action={`${base}/replay`} class="form spaced">
          <SelectField
            view={view}
            name="what"
            label={words.replayWhat}
            value={choice.what}
            options={[
              ["parked", words.replayParked],
              ["everything", words.replayEverything],
            ]}
          />
          <div class="pair">
            <TextField view={view} name="since" type="date" label={words.since} value={choice.since} optional />
            <TextField view={view} name="until" type="date" label={words.until} value={choice.until} optional />
          </div>
          <div class="actions">
            <Button>{words.countAgain}</Button>
          </div>
        </form>
      </Panel>
      <Panel>
        {matched.count === 0 && (
          <p>
            {words.replayNone} {choice.what === "parked" && wordsOf(webhookWords, view.language).replayLeavesOut}
          </p>
        )}
        <form method="post" action={`${base}/replay`} class="actions">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="what" value={choice.what} />
          <input type="hidden" name="since" value={choice.since} />
          <input type="hidden" name="until" value={choice.until} />
          <ButtonLink href={base}>{words.cancel}</ButtonLink>
          {matched.count > 0 && <Button kind="main">{words.replayAll(count)}</Button>}
        </form>
      </Panel>
    </FramedPage>
  );
}
