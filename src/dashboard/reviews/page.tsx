import { assets } from "#assets";
import { may, type Caller } from "../../identity";
import {
  SKIP_REASONS,
  snapshotReview,
  type Answers,
  type ReadReview,
  type ReviewRow,
  type ScorecardRow,
} from "../../quality";
import { Button } from "../../ui/components/button";
import { ChipMenu } from "../../ui/components/chips";
import { SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { callPageWords } from "../../ui/strings/call";
import { wordsOf, type Words } from "../../ui/strings/define";
import { opinionWords } from "../../ui/strings/opinions";
import { reviewWords } from "../../ui/strings/reviews";
import type { View } from "../../ui/view";
import { CommentsPanel } from "../comments/panel";
import { CallTitle } from "../calls/head";
import { RecordingPanel } from "../calls/recording-panel";
import type { CallParts } from "../calls/read-one";
import { WorkPanel } from "../calls/work-panel";
import { TranscriptPanel } from "../calls/transcript-panel";
import { saidByEngines } from "./engine-answers";
import { AnsweredScorecard, ScorecardForm } from "./scorecard-form";

type ReviewWords = Words<typeof reviewWords>;

/** What the act before this page has done; of a submission, which review can be taken back, and until when. */
export type ReviewDone =
  | { kind: "submitted"; id: string; undoUntil: number }
  | { kind: "saved" | "undone" | "skipped" | "handedUp" | "secondAsked" | "tooLate" };

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  parts: CallParts;
  review: ReadReview;
  card: ScorecardRow | null;
  /** Whether the visitor works at it; otherwise it is shown. */
  isOwn: boolean;
  progress: { done: number; all: string } | null;
  answers: Answers;
  errors: FieldErrors;
  done: ReviewDone | null;
};

/** A review beside the recording that it judges. */
export function ReviewPage(props: Props) {
  const { view, frame, caller, parts, review, card, isOwn, progress, answers, errors, done } = props;
  const words = wordsOf(reviewWords, view.language);
  const callWords = wordsOf(callPageWords, view.language);
  const isOpen = isOwn && review.state === "in_progress";
  const engines = card ? saidByEngines(view, words, review, card.definition) : {};
  const campaign = parts.campaigns.find(({ id }) => id === review.campaignId);
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.title}
      current="tasks"
      toast={done && <DoneToast view={view} words={words} frame={frame} done={done} />}
    >
      {isOpen && <script type="module" src={assets.review} />}
      <PageHead
        title={
          <>
            {words.title}{" "}
            {progress && (
              <span class="second light">{words.place(view.formats.number(progress.done + 1), progress.all)}</span>
            )}
          </>
        }
        state={
          <>
            {may(caller, "calls:read") ? (
              <a href={`/dashboard/calls/${parts.call.id}`}>
                <CallTitle words={callWords} call={parts.call} />
              </a>
            ) : (
              <CallTitle words={callWords} call={parts.call} />
            )}
            {campaign && (
              <>
                {" · "}
                <span dir="auto">{campaign.name}</span>
              </>
            )}
            {review.dueAt !== null && (
              <>
                {" · "}
                {words.due(view.formats.moment(review.dueAt, view.now))}
              </>
            )}
            {card && ` · ${words.scorecard(card.name, String(card.version))}`}
            {placeText(view, parts, review)}
          </>
        }
        actions={isOpen ? <Actions view={view} words={words} frame={frame} review={review} /> : undefined}
      />
      {review.note !== null && review.state === "in_progress" && (
        <Panel tone="attention">{words.returnedNote(review.note)}</Panel>
      )}
      <div class="columns review-columns">
        <div>
          <RecordingPanel view={view} words={callWords} caller={caller} parts={parts} startAt={0} />
        </div>
        <div>
          {isOpen && card ? (
            <ScorecardForm
              view={view}
              csrf={frame.csrf}
              review={review}
              definition={card.definition}
              answers={answers}
              errors={errors}
              place={progress ? `?at=${progress.done}&of=${encodeURIComponent(progress.all)}` : ""}
              engines={engines}
            />
          ) : (
            <>
              <OutcomePanel
                view={view}
                words={words}
                review={review}
                reviewer={may(caller, "tasks:read") ? parts.work?.names.get(review.reviewerId) : undefined}
              />
              {parts.work && (parts.work.opinions.task.wanted > 1 || parts.work.opinions.consensus) && (
                <Panel>
                  <WorkPanel view={view} caller={caller} work={parts.work} csrf={frame.csrf} />
                </Panel>
              )}
              {isOwn && review.state === "assigned" && <Resume words={words} frame={frame} review={review} />}
              {card && review.isWithheld !== true && (
                <AnsweredScorecard
                  view={view}
                  definition={card.definition}
                  answers={answers}
                  engines={engines}
                  overrides={snapshotReview(review).overrides ?? []}
                />
              )}
            </>
          )}
        </div>
        <div>
          {may(caller, "analyses:read") && (
            <TranscriptPanel view={view} transcript={parts.transcript} analyses={parts.analyses} />
          )}
          <CommentsPanel
            view={view}
            caller={caller}
            csrf={frame.csrf}
            callId={parts.call.id}
            comments={parts.comments}
            reviews={parts.reviews}
            review={review}
            isWithheld={parts.work?.opinions.isWithheld === true}
          />
        </div>
      </div>
    </FramedPage>
  );
}

/** Which of several reviews of the call it is. */
function placeText(view: View, { work }: CallParts, review: ReviewRow): string {
  if (!work || work.opinions.task.wanted < 2) return "";
  const words = wordsOf(opinionWords, view.language);
  const { task, reviews } = work.opinions;
  const at = reviews.findIndex(({ id }) => id === review.id);
  const { number } = view.formats;
  const [place, wanted] = [number(at < 0 ? reviews.length + 1 : at + 1), number(task.wanted)];
  return ` · ${task.blind ? words.placeBlind(place, wanted) : words.place(place, wanted)}`;
}

function Actions({ view, words, frame, review }: { view: View; words: ReviewWords; frame: Frame; review: ReviewRow }) {
  const ofOpinions = wordsOf(opinionWords, view.language);
  return (
    <>
      <ChipMenu title={words.skip} asButton>
        <form method="post" action={`/dashboard/reviews/${review.id}/skip`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <SelectField
            view={view}
            name="reason"
            label={words.why}
            options={SKIP_REASONS.map((one) => [one, words[one]] as const)}
          />
          <TextField view={view} name="note" label={words.note} hint={words.noteHint} maxlength={2000} optional />
          <Button kind="main">{words.skipIt}</Button>
        </form>
      </ChipMenu>
      <ChipMenu title={words.escalate} asButton>
        <form method="post" action={`/dashboard/reviews/${review.id}/escalate`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <TextField view={view} name="reason" label={words.escalateWhy} maxlength={2000} />
          <Button kind="main">{words.escalateIt}</Button>
        </form>
        <form method="post" action={`/dashboard/reviews/${review.id}/second-opinion`} class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <p class="hint">{ofOpinions.secondHint}</p>
          <Button>{ofOpinions.second}</Button>
        </form>
      </ChipMenu>
      <Button form="review" name="do" value="keep">
        {words.save}
      </Button>
      <Button form="review" name="do" value="submit" kind="main">
        {words.submit}
      </Button>
    </>
  );
}

function Resume({ words, frame, review }: { words: ReviewWords; frame: Frame; review: ReviewRow }) {
  return (
    <form method="post" action={`/dashboard/reviews/${review.id}/resume`}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <Button kind="main">{words.resume}</Button>
    </form>
  );
}

const TONES: Record<ReviewRow["state"], Tone> = {
  assigned: "attention",
  in_progress: "attention",
  submitted: "good",
  completed: "good",
  skipped: "idle",
  lapsed: "idle",
  returned: "attention",
  withdrawn: "idle",
  escalated: "attention",
};

function stateWord(words: ReviewWords, state: ReviewRow["state"]): string {
  if (state === "submitted") return words.submittedState;
  return state === "skipped" ? words.skippedState : words[state];
}

type OutcomeProps = { view: View; words: ReviewWords; review: ReadReview; reviewer: string | undefined };

/** What a review is, or was, with its score. `reviewer`: their name, for who may see the task; also of a blind one (ADR 0083). */
function OutcomePanel({ view, words, review, reviewer }: OutcomeProps) {
  const { score, passed, result, state, completedAt } = review;
  return (
    <Panel title={words.title}>
      <p>
        <Status tone={TONES[state]}>{stateWord(words, state)}</Status>{" "}
        {completedAt !== null && <Moment view={view} at={completedAt} focusable />}
      </p>
      {reviewer !== undefined && <p dir="auto">{words.reviewedBy(reviewer)}</p>}
      {review.isWithheld === true && <p class="second">{wordsOf(opinionWords, view.language).blind}</p>}
      {score !== null && (
        <p>
          <b>{words.score(view.formats.score(score))}</b>{" "}
          {passed !== null && <Status tone={passed ? "good" : "wrong"}>{passed ? words.passed : words.failed}</Status>}
        </p>
      )}
      {result && result.autoFailed.length > 0 && result.uncapped !== null && (
        <p>{words.failedAtOnce(view.formats.score(result.uncapped))}</p>
      )}
      {review.note !== null && <p dir="auto">{review.note}</p>}
    </Panel>
  );
}

type ToastProps = { view: View; words: ReviewWords; frame: Frame; done: ReviewDone };

export function DoneToast({ view, words, frame, done }: ToastProps) {
  if (done.kind === "secondAsked") return <Toast>{wordsOf(opinionWords, view.language).secondAsked}</Toast>;
  if (done.kind === "tooLate") return <Toast tone="attention">{words.tooLate}</Toast>;
  if (done.kind !== "submitted") return <Toast>{words[done.kind]}</Toast>;
  const left = done.undoUntil - view.now;
  return (
    <Toast>
      {words.submitted}
      {left > 0 && (
        <form method="post" action={`/dashboard/reviews/${done.id}/undo`} data-gone-after={left}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="back" value={view.path} />
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
  );
}
