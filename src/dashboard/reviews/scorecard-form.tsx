import {
  askedOf,
  criteriaOf,
  isAnswered,
  scoreOf,
  type Answer,
  type Answers,
  type Criterion,
  type Override,
  type ReviewRow,
  type ScorecardDefinition,
} from "../../quality";
import { FormErrors, type FieldErrors } from "../../ui/components/form";
import { KeyHint } from "../../ui/components/key-hint";
import { Panel } from "../../ui/components/panel";
import { wordsOf, type Words } from "../../ui/strings/define";
import { engineAnswerWords } from "../../ui/strings/engine-answers";
import { reviewWords } from "../../ui/strings/reviews";
import type { View } from "../../ui/view";
import { choicesOf, NOT_APPLICABLE } from "../scorecards/choices";
import { EngineLine, ReasonField, type SaidByEngine } from "./engine-answers";

type ReviewWords = Words<typeof reviewWords>;

/** More points than this are written and not chosen. */
const LONGEST_SCALE = 10;

type Props = {
  view: View;
  csrf: string;
  review: ReviewRow;
  definition: ScorecardDefinition;
  answers: Answers;
  errors: FieldErrors;
  /** What the address of the page says of the way through the queue, for the page that answers the form; "" for nothing. */
  place: string;
  /** What engines answered, by criterion, as far as it is shown. */
  engines: Readonly<Record<string, SaidByEngine>>;
};

/**
 * The scorecard to fill in. Without script it is a form; with it (ui/browser/review.ts) the score is computed as one
 * answers, keys answer, and what is answered is stored by itself.
 */
export function ScorecardForm({ view, csrf, review, definition, answers, errors, place, engines }: Props) {
  const words = wordsOf(reviewWords, view.language);
  const { number, score: written } = view.formats;
  const score = scoreOf(definition, answers);
  const applying = askedOf(definition, answers);
  const asked = criteriaOf(definition).filter(({ id }) => applying.has(id));
  const done = asked.filter((one) => isAnswered(one, answers[one.id])).length;
  return (
    <Panel title={words.panel} flush>
      <form
        method="post"
        action={`/dashboard/reviews/${review.id}${place}`}
        id="review"
        class="scorecard"
        data-review
        data-next={`/dashboard/reviews/${review.id}/next-recording`}
        data-definition={JSON.stringify(definition)}
      >
        <input type="hidden" name="csrf" value={csrf} />
        <FormErrors view={view} errors={errors} />
        <p class="panel-body scorecard-score">
          <b data-score data-words={words.score("#")}>
            {score.score === null ? words.noAnswer : words.score(written(score.score))}
          </b>{" "}
          <span class="second">
            {words.pass(view.formats.score(definition.pass_percent))} ·{" "}
            <span data-answered data-words={words.answered("#done", "#asked")}>
              {words.answered(number(done), number(asked.length))}
            </span>
          </span>
        </p>
        <p class="key-hints needs-script">
          <KeyHint keys={["↑", "↓"]} does={words.keyQuestion} />
          <KeyHint keys={["0", "…", "9"]} does={words.keyAnswer} />
          <KeyHint keys={["a"]} does={words.keyNotApply} />
          <KeyHint keys={["c"]} does={words.keyRemark} />
          <KeyHint keys={["e"]} does={words.keyMoment} />
          <KeyHint keys={["Ctrl", "Enter"]} does={words.keySubmit} />
        </p>
        {definition.sections.map((section) => (
          <section>
            <h3 dir="auto">{section.title}</h3>
            {section.criteria.map((one) => (
              <CriterionFields
                view={view}
                words={words}
                one={one}
                given={answers[one.id]}
                said={engines[one.id]}
                errors={errors}
              />
            ))}
          </section>
        ))}
      </form>
    </Panel>
  );
}

type CriterionProps = {
  view: View;
  words: ReviewWords;
  one: Criterion;
  given: Answer | undefined;
  said: SaidByEngine | undefined;
  errors: FieldErrors;
};

function CriterionFields({ view, words, one, given, said, errors }: CriterionProps) {
  const { id, text, help, kind, max = 0 } = one;
  const value = given?.na ? NOT_APPLICABLE : String(given?.value ?? "");
  const name = `a.${id}`;
  const isWritten = kind === "text" || (kind === "scale" && max > LONGEST_SCALE);
  const wrong = errors.find(({ field }) => field === name)?.message;
  const unexplained = errors.find(({ field }) => field === `r.${id}`)?.message;
  const described = wrong === undefined ? undefined : `${name}-error`;
  const invalid = wrong === undefined ? undefined : ("true" as const);
  return (
    <fieldset
      class={`criterion${wrong === undefined && unexplained === undefined ? "" : " has-error"}`}
      id={name}
      data-criterion={id}
      tabindex={-1}
      aria-describedby={described}
    >
      <legend dir="auto">
        {text} {one.auto_fail && <span class="tag wrong">{words.autoFail}</span>}
        {one.critical && <span class="tag attention">{words.critical}</span>}
      </legend>
      {help !== undefined && (
        <p class="hint" dir="auto">
          {help}
        </p>
      )}
      {isWritten ? (
        <input
          type="text"
          name={name}
          value={value}
          maxlength={kind === "text" ? 4000 : 4}
          inputmode={kind === "text" ? undefined : "numeric"}
          aria-label={text}
          aria-describedby={described}
          aria-invalid={invalid}
          dir="auto"
        />
      ) : (
        <div class="answer-choices">
          {choicesOf(words, one).map(([choice, label]) => (
            <label class="choice">
              <input type="radio" name={name} value={choice} checked={choice === value} aria-invalid={invalid} />
              <span dir="auto">{label}</span>
            </label>
          ))}
        </div>
      )}
      {wrong !== undefined && (
        <p class="field-error" id={`${name}-error`}>
          {wrong}
        </p>
      )}
      {one.engine !== undefined && (
        <>
          <EngineLine view={view} said={said} />
          <ReasonField
            view={view}
            id={id}
            reason={given?.reason ?? ""}
            isShown={said !== undefined}
            wrong={unexplained}
          />
        </>
      )}
      <label class="remark">
        <span class="second">{words.remark}</span>
        <input type="text" name={`c.${id}`} value={given?.comment ?? ""} maxlength={2000} dir="auto" data-remark />
      </label>
      <input type="hidden" name={`t.${id}`} value={given?.at_seconds ?? ""} data-moment />
    </fieldset>
  );
}

/** What was answered, to be read. */
export function AnsweredScorecard(
  props: Pick<Props, "view" | "definition" | "answers" | "engines"> & { overrides: readonly Override[] },
) {
  const { view, definition, answers, engines, overrides } = props;
  const ofEngines = wordsOf(engineAnswerWords, view.language);
  const words = wordsOf(reviewWords, view.language);
  return (
    <Panel title={words.panel}>
      {definition.sections.map((section) => (
        <section>
          <h3 dir="auto">{section.title}</h3>
          <dl class="answered">
            {section.criteria.map((one) => {
              const given = answers[one.id];
              return (
                <div>
                  <dt dir="auto">{one.text}</dt>
                  <dd dir="auto">
                    <b>{shownAnswer(words, one, given)}</b>
                    {given !== undefined && given.comment !== "" && <span class="second"> {given.comment}</span>}
                    {given?.at_seconds !== null && given?.at_seconds !== undefined && (
                      <a class="mono second" href={`?t=${Math.floor(given.at_seconds)}`} data-seek={given.at_seconds}>
                        {" "}
                        {view.formats.length(Math.floor(given.at_seconds))}
                      </a>
                    )}
                    {overrides
                      .filter(({ criterion }) => criterion === one.id)
                      .map((changed) => (
                        <p class="second">
                          {ofEngines.changed(
                            shownAnswer(words, one, {
                              value: changed.from,
                              na: changed.from_na,
                              comment: "",
                              at_seconds: null,
                            }),
                          )}
                          , {changed.by === "engine" ? ofEngines.fromEngine : ofEngines.ownBefore}
                          {changed.reason !== "" && `: ${changed.reason}`}
                        </p>
                      ))}
                    {engines[one.id] && <p class="second">{engines[one.id]?.text}</p>}
                  </dd>
                </div>
              );
            })}
          </dl>
        </section>
      ))}
    </Panel>
  );
}

function shownAnswer(words: ReviewWords, { kind, options = [] }: Criterion, given: Answer | undefined): string {
  if (given?.na) return words.notApply;
  const value = given?.value ?? null;
  if (value === null) return words.noAnswer;
  if (kind === "yes_no") return value === "yes" ? words.yes : words.no;
  return options.find(({ id }) => id === value)?.label ?? String(value);
}
