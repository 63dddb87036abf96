import { isLimited, may, type Caller } from "../../identity";
import { taskIdOf, type CallRow } from "../../calls";
import { traceIdOf } from "../../lib/trace";
import { Button, ButtonLink } from "../../ui/components/button";
import { ChipMenu } from "../../ui/components/chips";
import { Id } from "../../ui/components/code";
import { SelectField } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Facts, FoldingPanel, Panel } from "../../ui/components/panel";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { callPageWords } from "../../ui/strings/call";
import { opinionWords } from "../../ui/strings/opinions";
import { privacyWords } from "../../ui/strings/privacy";
import { wordsOf, type Words } from "../../ui/strings/define";
import { platformTitle } from "../sources/platform-title";
import type { View } from "../../ui/view";
import { CommentsPanel } from "../comments/panel";
import { AboutPanels } from "./about-panel";
import { ActionsPanel } from "./actions-panel";
import { Conversation } from "./conversation";
import { RecordingPanel } from "./recording-panel";
import { MeasuresPanel } from "./measures-panel";
import type { CallParts } from "./read-one";
import { otherPartyOf } from "./row";
import { ScoresPanels } from "./scores-panel";
import { UNASSIGNED } from "../bulk/request";
import { ScriptsPanels } from "./scripts-panel";
import { ReviewsPanel } from "./reviews-panel";
import { TagsPanel } from "./tags-panel";
import { Timeline } from "./timeline-list";
import { TranscriptPanel } from "./transcript-panel";
import { WorkPanel } from "./work-panel";

type CallPageWords = Words<typeof callPageWords>;

/** What an action on the page before has done. `from`, for Undo: the campaign it was in, or why it waited for one. */
export type Done =
  | { kind: "moved"; from: { campaign: string } | { reason: string } | null }
  | { kind: "replayed"; deliveries: number; unable: number }
  | { kind: "task"; done: "closed"; had: string | null }
  | { kind: "task"; done: "open" | "asked" | "decided" };

type Props = { view: View; frame: Frame; caller: Caller; parts: CallParts; startAt: number; done: Done | null };

/** One call: who called whom, its recording, and its way to every subscriber. */
export function CallPage({ view, frame, caller, parts, startAt, done }: Props) {
  const words = wordsOf(callPageWords, view.language);
  const { call, campaigns } = parts;
  const campaign = campaigns.find(({ id }) => id === call.campaignId);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={plainTitle(words, call)}
      current="calls"
      toast={done && <DoneToast view={view} words={words} frame={frame} call={call} done={done} />}
    >
      <PageHead
        title={<CallTitle words={words} call={call} />}
        state={
          <>
            <Moment view={view} at={call.startedAt} focusable /> ·{" "}
            {call.talkSeconds !== null && `${view.formats.length(call.talkSeconds)} · `}
            <span dir="auto">{campaign ? campaign.name : words.noCampaign}</span>
            {campaign && `, ${words.campaignId(String(campaign.number))}`} ·{" "}
            <span dir="auto">{parts.source?.name ?? call.sourceKind}</span>
          </>
        }
        actions={
          <>
            {may(caller, "deliveries:write") && (
              <ButtonLink href={`/dashboard/calls/${call.id}/replay`}>{words.replay}</ButtonLink>
            )}
            {may(caller, "analyses:write") && parts.recordings.some(({ state }) => state === "completed") && (
              <ButtonLink href={hearAgainOf(call.id)}>{words.hearAgain}</ButtonLink>
            )}
            {may(caller, "privacy:erase") && (
              <ButtonLink href={`/dashboard/calls/${call.id}/erase`}>
                {wordsOf(privacyWords, view.language).erase}
              </ButtonLink>
            )}
            {may(caller, "calls:write") && campaigns.length > 0 && (
              <MoveMenu view={view} words={words} caller={caller} parts={parts} csrf={frame.csrf} />
            )}
          </>
        }
      />
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

/** The two parties, the one who called first. */
function partiesOf(words: CallPageWords, call: CallRow): [caller: string, called: string] {
  const operator = call.operatorName ?? call.operatorReference;
  const other = otherPartyOf(call) ?? words.unknownParty;
  if (call.direction === "outbound") return [operator ?? call.fromRaw ?? words.unknownParty, other];
  return [other, operator ?? call.toRaw ?? words.unknownParty];
}

/** Who called whom. */
export function CallTitle({ words, call }: { words: CallPageWords; call: CallRow }) {
  const [caller, called] = partiesOf(words, call);
  return (
    <>
      <bdi>{caller}</bdi> <span class="second light">{words.called}</span> <bdi>{called}</bdi>
    </>
  );
}

function plainTitle(words: CallPageWords, call: CallRow): string {
  const [caller, called] = partiesOf(words, call);
  return `${caller} ${words.called} ${called}`;
}

type MoveProps = { view: View; words: CallPageWords; caller: Caller; parts: CallParts; csrf: string };

function MoveMenu({ view, words, caller, parts: { call, campaigns }, csrf }: MoveProps) {
  const isAssigned = call.quarantine === null && !isLimited(caller.reach);
  const open = campaigns.filter(({ id, archivedAt }) => archivedAt === null || id === call.campaignId);
  return (
    <ChipMenu title={words.move} asButton>
      <form method="post" action={`/dashboard/calls/${call.id}/campaign`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <SelectField
          view={view}
          name="campaign"
          label={words.moveTo}
          value={call.campaignId ?? ""}
          options={[
            ...open.map(({ id, name, number }) => [id, `${name} #${number}`] as const),
            ...(isAssigned ? [[UNASSIGNED, words.moveBack] as const] : []),
          ]}
        />
        <Button kind="main">{words.move}</Button>
      </form>
    </ChipMenu>
  );
}

type ToastProps = { view: View; words: CallPageWords; frame: Frame; call: CallRow; done: Done };

function DoneToast({ view, words, frame, call, done }: ToastProps) {
  if (done.kind === "replayed")
    return (
      <Toast tone={done.unable > 0 ? "attention" : "good"}>
        {words.replayed(view.formats.number(done.deliveries))}{" "}
        {done.unable > 0 && words.replayUnable(view.formats.number(done.unable))}
      </Toast>
    );
  if (done.kind === "task") return <TaskToast view={view} frame={frame} call={call} done={done} />;
  return (
    <Toast>
      {words.moved}
      {done.from !== null && (
        <form method="post" action={`/dashboard/calls/${call.id}/campaign`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="campaign" value={"campaign" in done.from ? done.from.campaign : UNASSIGNED} />
          {"reason" in done.from && <input type="hidden" name="reason" value={done.from.reason} />}
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
  );
}

type TaskDone = Extract<Done, { kind: "task" }>;

/** What was done with the task of the call; a closing can be undone, and goes back to whom the call was given. */
function TaskToast({ view, frame, call, done }: { view: View; frame: Frame; call: CallRow; done: TaskDone }) {
  const words = wordsOf(opinionWords, view.language);
  const said = { closed: words.isClosed, open: words.isOpen, asked: words.asked, decided: words.isDecided };
  return (
    <Toast>
      {said[done.done]}
      {done.done === "closed" && (
        <form method="post" action={`/dashboard/tasks/${taskIdOf(call.id)}/state`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="state" value="open" />
          {done.had !== null && <input type="hidden" name="reviewer" value={done.had} />}
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
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

/** Where one call is asked for again, with what that costs by engine first. */
function hearAgainOf(callId: string): string {
  const query = new URLSearchParams({ call: callId, back: `/dashboard/calls/${callId}`, only: "analyse" });
  return `/dashboard/calls/bulk?${query.toString()}`;
}
