import type { Caller } from "../../../identity";
import type { Counts, ErasureRow } from "../../../privacy";
import { Id } from "../../../ui/components/code";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { privacyWords } from "../../../ui/strings/privacy";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { CountFacts } from "./counts";
import { kindOf, stepOf } from "./page";

type Props = { view: View; frame: Frame; caller: Caller; erasure: ErasureRow };

/** The report of an erasure: how far it is, and how much of what is gone. */
export function ErasurePage({ view, frame, caller, erasure }: Props) {
  const words = wordsOf(privacyWords, view.language);
  const { time } = view.formats;
  const state =
    erasure.endedAt !== null
      ? words.done(time(erasure.endedAt))
      : erasure.phase === "calls_again" && erasure.cursor === null
        ? words.lastLook(time(erasure.dueAt))
        : `${stepOf(words, erasure)} ${words.working}`;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="privacy"
      title={words.erasureTitle}
      state={
        <>
          {kindOf(words, erasure)} · {state}
        </>
      }
    >
      <Panel title={words.erasures}>
        <CountFacts view={view} words={words} counts={erasure.counts as Counts} />
        {erasure.kind === "call" && erasure.subject !== null && (
          <p>
            <Id view={view} text={erasure.subject} what={words.call} />
          </p>
        )}
      </Panel>
    </SettingsPage>
  );
}
