import { may, type Caller } from "../../identity";
import { traceIdOf } from "../../lib/trace";
import { Id } from "../../ui/components/code";
import { Moment } from "../../ui/components/moment";
import { Facts, FoldingPanel, Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { CommentsPanel } from "../comments/panel";
import { ActionsPanel } from "./actions-panel";
import { DoneToast, type Done } from "./done-toast";
import { CallHead, plainTitle } from "./head";
import { Conversation } from "./conversation";
import { InShort } from "./in-short";
import { RecordingPanel } from "./recording-panel";
import type { CallParts } from "./read-one";
import { CallTabs } from "./tabs";
import { TranscriptPanel } from "./transcript-panel";

type CallPageWords = Words<typeof callPageWords>;

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  parts: CallParts;
  startAt: number;
  done: Done | null;
  /** The tab that the address names. */
  tab: string | undefined;
};

/** One call: who called whom, its recording, and its way to every subscriber. */
export function CallPage({ view, frame, caller, parts, startAt, done, tab }: Props) {
  const words = wordsOf(callPageWords, view.language);
  const { call } = parts;
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={plainTitle(words, call)}
      current="calls"
      toast={done && <DoneToast view={view} words={words} frame={frame} call={call} done={done} />}
    >
      <CallHead view={view} words={words} caller={caller} parts={parts} csrf={frame.csrf} />
      {call.quarantine !== null && (
        <Panel tone="attention">
          <b>{words.unassigned}</b> {words.unassignedWhy}
        </Panel>
      )}
      <div class="columns">
        <div>
          <RecordingPanel view={view} words={words} caller={caller} parts={parts} startAt={startAt} csrf={frame.csrf} />
          {may(caller, "analyses:read") && (
            <TranscriptPanel
              view={view}
              transcript={parts.transcript}
              analyses={parts.analyses}
              choices={parts.transcripts}
            />
          )}
          {call.conversation && <Conversation view={view} words={words} conversation={call.conversation} />}
        </div>
        <div>
          <div class="panel">
            <CallTabs view={view} words={words} caller={caller} parts={parts} csrf={frame.csrf} asked={tab} />
            <InShort view={view} words={words} caller={caller} parts={parts} csrf={frame.csrf} />
          </div>
          <CommentsPanel
            view={view}
            caller={caller}
            csrf={frame.csrf}
            callId={call.id}
            comments={parts.comments}
            reviews={parts.reviews}
            isWithheld={parts.work?.opinions.isWithheld === true}
          />
          <ActionsPanel
            view={view}
            row={parts.actions}
            csrf={may(caller, "calls:write") ? frame.csrf : null}
            allows={(permission) => may(caller, permission)}
          />
          <FoldingPanel view={view} name="facts" title={words.facts} isOpen={false}>
            <Facts facts={factsOf(view, words, parts)} />
          </FoldingPanel>
        </div>
      </div>
    </FramedPage>
  );
}

function factsOf(view: View, words: CallPageWords, { call, source }: CallParts) {
  const text = (value: string | null) => <span dir="auto">{value ?? "–"}</span>;
  const mono = (value: string | null) => <code dir="auto">{value ?? "–"}</code>;
  const { length } = view.formats;
  const trace = traceIdOf(call.id);
  return [
    [words.began, <Moment view={view} at={call.startedAt} focusable />],
    [words.ended, call.endedAt === null ? "–" : <Moment view={view} at={call.endedAt} focusable />],
    [words.length, call.durationSeconds === null ? "–" : length(call.durationSeconds)],
    [words.talk, call.talkSeconds === null ? "–" : length(call.talkSeconds)],
    [words.direction, call.direction === null ? "–" : words[call.direction]],
    [words.from, mono(call.fromE164 ?? call.fromRaw)],
    [words.to, mono(call.toE164 ?? call.toRaw)],
    [words.operator, text(call.operatorName ?? call.operatorReference)],
    [words.source, text(source?.name ?? call.sourceKind)],
    [words.status, text(call.providerStatus)],
    [words.externalId, mono(call.externalId)],
    [words.id, <Id view={view} text={call.id} what={words.copyId} />],
    [words.trace, trace === null ? "–" : <Id view={view} text={trace} what={words.trace} />],
  ] as const;
}
