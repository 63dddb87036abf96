import { may, type Caller } from "../../identity";
import { traceIdOf } from "../../lib/trace";
import { Id } from "../../ui/components/code";
import { Moment } from "../../ui/components/moment";
import { Facts, FoldingPanel, Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf, type Words } from "../../ui/strings/define";
import { platformTitle } from "../sources/platform-title";
import type { View } from "../../ui/view";
import { CommentsPanel } from "../comments/panel";
import { AboutPanels } from "./about-panel";
import { ActionsPanel } from "./actions-panel";
import { DoneToast, type Done } from "./done-toast";
import { CallHead, plainTitle } from "./head";
import { Conversation } from "./conversation";
import { RecordingPanel } from "./recording-panel";
import { MeasuresPanel } from "./measures-panel";
import type { CallParts } from "./read-one";
import { ScoresPanels } from "./scores-panel";
import { ScriptsPanels } from "./scripts-panel";
import { ReviewsPanel } from "./reviews-panel";
import { TagsPanel } from "./tags-panel";
import { Timeline } from "./timeline-list";
import { TranscriptPanel } from "./transcript-panel";
import { WorkPanel } from "./work-panel";

type CallPageWords = Words<typeof callPageWords>;

type Props = { view: View; frame: Frame; caller: Caller; parts: CallParts; startAt: number; done: Done | null };

/** One call: who called whom, its recording, and its way to every subscriber. */
export function CallPage({ view, frame, caller, parts, startAt, done }: Props) {
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
            <AboutPanels view={view} callId={call.id} scored={parts.scored} operatorChannel={parts.operatorChannel} />
          )}
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
          <Panel title={words.timeline}>
            <Timeline view={view} words={words} parts={parts} />
          </Panel>
          {parts.work && <WorkPanel view={view} caller={caller} work={parts.work} csrf={frame.csrf} />}
          <ReviewsPanel view={view} reviews={parts.reviews} />
          <CommentsPanel
            view={view}
            caller={caller}
            csrf={frame.csrf}
            callId={call.id}
            comments={parts.comments}
            reviews={parts.reviews}
            isWithheld={parts.work?.opinions.isWithheld === true}
          />
          {may(caller, "analyses:read") && (
            <ScoresPanels
              view={view}
              scored={parts.scored}
              platform={platformTitle(call.sourceKind, view.language)}
              operatorChannel={parts.operatorChannel}
            />
          )}
          {may(caller, "analyses:read") && <ScriptsPanels view={view} callId={call.id} analyses={parts.analyses} />}
          {parts.findings && may(caller, "analyses:read") && (
            <MeasuresPanel
              view={view}
              findings={parts.findings}
              operatorChannel={parts.operatorChannel}
              medians={parts.medians}
            />
          )}
          <ActionsPanel
            view={view}
            row={parts.actions}
            csrf={may(caller, "calls:write") ? frame.csrf : null}
            allows={(permission) => may(caller, permission)}
          />
          <TagsPanel
            view={view}
            words={words}
            callId={call.id}
            tags={call.tags}
            known={parts.knownTags}
            csrf={may(caller, "calls:write") ? frame.csrf : null}
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
