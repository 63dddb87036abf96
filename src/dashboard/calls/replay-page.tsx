import type { CallRow } from "../../calls";
import { nameOfEndpoint, type ReplayOutcome } from "../../delivery";
import { Button, ButtonLink } from "../../ui/components/button";
import { Facts, Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { CallTitle } from "./head";

type Props = { view: View; frame: Frame; call: CallRow; counted: Pick<ReplayOutcome, "matched" | "toEach"> };

/** What a replay of a call would send, and to which webhooks, before anything is sent. */
export function ReplayPage({ view, frame, call, counted: { matched, toEach } }: Props) {
  const words = wordsOf(callPageWords, view.language);
  const { number, moment } = view.formats;
  return (
    <FramedPage view={view} frame={frame} title={words.replayTitle} current="calls">
      <PageHead
        title={words.replayTitle}
        state={
          <>
            <CallTitle words={words} call={call} /> · {moment(call.startedAt, view.now)}
          </>
        }
      />
      <Panel>
        <p>{matched === 0 ? words.replayNone : words.replayWhy}</p>
        <Facts facts={toEach.map((one) => [<bdi>{nameOfEndpoint(one)}</bdi>, words.eventsEach(number(one.events))])} />
        <form method="post" class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={`/dashboard/calls/${call.id}`}>{words.cancel}</ButtonLink>
          {matched > 0 && <Button kind="main">{words.replayAll(number(matched))}</Button>}
        </form>
      </Panel>
    </FramedPage>
  );
}
