import { Button, ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";

/** What a replay would send, before anything is sent. */
export function ReplayPage(props: { view: View; frame: Frame; callId: string; matched: number }) {
  const { view, frame, callId, matched } = props;
  const words = wordsOf(callPageWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.replayTitle} current="calls">
      <PageHead title={words.replayTitle} />
      <Panel>
        <p>{matched === 0 ? words.replayNone : words.replayWhy}</p>
        <form method="post" class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={`/dashboard/calls/${callId}`}>{words.cancel}</ButtonLink>
          {matched > 0 && <Button kind="main">{words.replayAll(view.formats.number(matched))}</Button>}
        </form>
      </Panel>
    </FramedPage>
  );
}
