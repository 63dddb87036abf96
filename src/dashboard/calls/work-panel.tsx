import { actorText, may, type Caller } from "../../identity";
import { CLOSE_REASONS, criteriaOf, MOST_OPINIONS, type Opinions, type ScorecardDefinition } from "../../quality";
import { Button } from "../../ui/components/button";
import { ChipMenu } from "../../ui/components/chips";
import { SelectField, TextArea, TextField } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Part } from "../../ui/components/panel";
import { Status, type Tone } from "../../ui/components/status";
import { wordsOf, type Words } from "../../ui/strings/define";
import { opinionWords } from "../../ui/strings/opinions";
import { reviewWords } from "../../ui/strings/reviews";
import type { View } from "../../ui/view";

/** The task of a call as its page shows it: what its reviewers came to, who they are, and what they were asked. */
export type Work = {
  opinions: Opinions;
  names: ReadonlyMap<string, string>;
  definition: ScorecardDefinition | null;
};

type Props = { view: View; caller: Caller; work: Work; csrf: string };
type OpinionWords = Words<typeof opinionWords>;

/** What is to be done with a call, and what several reviewers of it came to. */
export function WorkPanel({ view, caller, work, csrf }: Props) {
  const words = wordsOf(opinionWords, view.language);
  const { task, consensus } = work.opinions;
  const mayAssign = may(caller, "reviews:assign");
  const name = (id: string) => work.names.get(id) ?? words.somebody;
  return (
    <Part title={words.task} id="task">
      <div class="spaced">
        <p>
          <TaskState view={view} words={words} work={work} />
        </p>
        {task.state === "closed" && (
          <p class="second">
            {closingText(words, task.closedReason)}{" "}
            {task.closedNote !== null && <span dir="auto">{task.closedNote}</span>}
          </p>
        )}
        {(task.wanted > 1 || consensus !== null) && <OpinionList view={view} words={words} work={work} name={name} />}
        {mayAssign && (
          <div class="actions">
            {task.state === "open" && <CloseMenu view={view} words={words} work={work} csrf={csrf} />}
            {task.state === "closed" && <Reopen words={words} work={work} csrf={csrf} />}
            {task.state !== "closed" && <MoreMenu view={view} words={words} work={work} csrf={csrf} />}
            {work.opinions.isToDecide && <DecideMenu view={view} words={words} work={work} csrf={csrf} name={name} />}
          </div>
        )}
      </div>
    </Part>
  );
}

/**
 * Whether somebody can begin to review its call now: whose it is; and who gives calls to reviewers, where it is nobody's and
 * they have not done it.
 */
export function mayReviewNow(caller: Caller, { opinions: { task, reviews, isJudged } }: Work): boolean {
  const self = actorText(caller.actor);
  if (!may(caller, "reviews:write") || task.state !== "open" || !isJudged) return false;
  if (reviews.some(({ reviewerId }) => reviewerId === self)) return false;
  return task.assigneeId === self || (task.assigneeId === null && may(caller, "reviews:assign"));
}

function closingText(words: OpinionWords, reason: string | null): string {
  const known = [...CLOSE_REASONS, "not_sampled" as const].find((one) => one === reason);
  return known === undefined ? (reason ?? "") : words[known];
}

type Part = { view: View; words: OpinionWords; work: Work };

function TaskState({ view, words, work: { opinions, names } }: Part) {
  const { task } = opinions;
  const isHandedUp = task.state === "open" && task.escalatedAt !== null;
  const tone: Tone = isHandedUp
    ? "wrong"
    : ({ open: "attention", completed: "good", closed: "idle" }[task.state] as Tone);
  const given = task.assigneeId !== null && task.state === "open";
  const text = isHandedUp
    ? words.escalated
    : given
      ? words.given(names.get(task.assigneeId ?? "") ?? words.somebody)
      : words[task.state];
  return (
    <>
      <Status tone={tone}>{text}</Status>{" "}
      {task.dueAt !== null && task.state === "open" && (
        <span class="second">{wordsOf(reviewWords, view.language).due(view.formats.moment(task.dueAt, view.now))}</span>
      )}
    </>
  );
}

const TONES = { open: "attention", reached: "good", apart: "wrong", decided: "good" } as const;

function OpinionList({ view, words, work, name }: Part & { name: (id: string) => string }) {
  const { task, consensus, reviews, isWithheld } = work.opinions;
  const { number, score } = view.formats;
  const ofReviews = wordsOf(reviewWords, view.language);
  const texts = new Map(work.definition ? criteriaOf(work.definition).map(({ id, text }) => [id, text]) : []);
  const differing = isWithheld ? [] : (consensus?.differing ?? []);
  const isKnown = consensus !== null && !isWithheld;
  return (
    <>
      <p>
        {words.done(number(reviews.length), number(task.wanted))}
        {consensus && (
          <>
            {" · "}
            <Status tone={TONES[consensus.state]}>
              {consensus.state === "open" ? words.stateOpen : words[consensus.state]}
            </Status>
          </>
        )}
      </p>
      {task.blind && task.state === "open" && <p class="hint">{words.blind}</p>}
      {isKnown && consensus.score !== null && (
        <p>
          <b>{ofReviews.score(score(consensus.score))}</b>{" "}
          {consensus.passed !== null && (
            <Status tone={consensus.passed ? "good" : "wrong"}>
              {consensus.passed ? ofReviews.passed : ofReviews.failed}
            </Status>
          )}{" "}
          {consensus.state === "reached" && <span class="second">{words[consensus.rule]}</span>}
        </p>
      )}
      {isKnown && consensus.spread !== null && (
        <p class="second">
          {words.spread(number(consensus.spread))}, {words.allowed(number(consensus.maxSpread))}
        </p>
      )}
      {consensus !== null && consensus.decidedBy !== null && (
        <p>
          {words.decidedBy(name(consensus.decidedBy))}: <span dir="auto">{consensus.reason}</span>
        </p>
      )}
      <ul class="plain">
        {reviews.map((review) => (
          <li>
            <a href={`/dashboard/reviews/${review.id}`} dir="auto">
              {name(review.reviewerId)}
            </a>{" "}
            {review.isWithheld === true ? (
              <span class="second">{words.withheld}</span>
            ) : (
              review.score !== null && <b>{score(review.score)}</b>
            )}{" "}
            {review.completedAt !== null && <Moment view={view} at={review.completedAt} focusable />}
          </li>
        ))}
      </ul>
      {differing.length > 0 && (
        <>
          <p class="second">{words.differing}</p>
          <ul class="plain">
            {differing.map((id) => (
              <li dir="auto">{texts.get(id) ?? id}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

type Act = Part & { csrf: string };

function CloseMenu({ view, words, work: { opinions }, csrf }: Act) {
  return (
    <ChipMenu title={words.close} asButton>
      <form method="post" action={`/dashboard/tasks/${opinions.task.id}/state`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="state" value="closed" />
        <p class="hint">{words.closeHint}</p>
        <SelectField
          view={view}
          name="reason"
          label={words.closeWhy}
          options={CLOSE_REASONS.map((one) => [one, words[one]] as const)}
        />
        <TextField view={view} name="note" label={words.note} hint={words.noteHint} maxlength={2000} optional />
        <Button kind="main">{words.closeIt}</Button>
      </form>
    </ChipMenu>
  );
}

function Reopen({ words, work: { opinions }, csrf }: Omit<Act, "view">) {
  return (
    <form method="post" action={`/dashboard/tasks/${opinions.task.id}/state`}>
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="state" value="open" />
      <Button>{words.reopen}</Button>
    </form>
  );
}

function MoreMenu({ view, words, work: { opinions }, csrf }: Act) {
  const { task, reviews } = opinions;
  const counts = Array.from({ length: MOST_OPINIONS }, (_, at) => String(at + 1));
  return (
    <ChipMenu title={words.more} asButton>
      <form method="post" action={`/dashboard/tasks/${task.id}/opinions`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <SelectField
          view={view}
          name="wanted"
          label={words.wanted}
          hint={words.wantedHint}
          value={String(Math.min(MOST_OPINIONS, Math.max(2, task.wanted, reviews.length + 1)))}
          options={counts.map((one) => [one, one === "1" ? words.one : one] as const)}
        />
        <Button kind="main">{words.ask}</Button>
      </form>
    </ChipMenu>
  );
}

function DecideMenu({ view, words, work: { opinions }, csrf, name }: Act & { name: (id: string) => string }) {
  const { task, reviews } = opinions;
  return (
    <ChipMenu title={words.decide} asButton>
      <form method="post" action={`/dashboard/tasks/${task.id}/decide`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <SelectField
          view={view}
          name="holds"
          label={words.holds}
          options={[
            ...reviews.map(
              ({ id, reviewerId, score }) =>
                [id, words.reviewOf(name(reviewerId), score === null ? "–" : view.formats.score(score))] as const,
            ),
            ["", words.ownScore] as const,
          ]}
        />
        <TextField
          view={view}
          name="score"
          label={words.score}
          hint={words.scoreHint}
          inputmode="decimal"
          maxlength={6}
          optional
        />
        <TextArea view={view} name="why" label={words.reason} rows={2} />
        <Button kind="main">{words.decideIt}</Button>
      </form>
    </ChipMenu>
  );
}
