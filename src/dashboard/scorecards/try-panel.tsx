import {
  criteriaOf,
  effectsOf,
  type Answers,
  type Criterion,
  type Score,
  type ScorecardDefinition,
} from "../../quality";
import { Button } from "../../ui/components/button";
import { SelectField, TextField } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { wordsOf, type Words } from "../../ui/strings/define";
import { scorecardWords } from "../../ui/strings/scorecards";
import type { View } from "../../ui/view";
import { choicesOf, NOT_APPLICABLE } from "./choices";

type Props = { view: View; action: string; definition: ScorecardDefinition; answers: Answers; score: Score | null };

const LONGEST_CHOICE = 20;

/** How much each criterion counts, and the score of answers that one chooses. */
export function TryPanels({ view, action, definition, answers, score }: Props) {
  const words = wordsOf(scorecardWords, view.language);
  return (
    <>
      <EffectsPanel view={view} definition={definition} />
      <Panel title={words.tryIt} id="try">
        {score && <Outcome view={view} words={words} score={score} />}
        <form method="get" action={`${action}#try`} class="form">
          <input type="hidden" name="try" value="yes" />
          {criteriaOf(definition)
            .filter(({ kind }) => kind !== "text")
            .map((one) => (
              <AnswerField view={view} words={words} one={one} value={chosenOf(answers, one)} />
            ))}
          <p class="hint">{words.tryText}</p>
          <div class="actions">
            <Button>{words.compute}</Button>
          </div>
        </form>
      </Panel>
    </>
  );
}

type ScorecardWords = Words<typeof scorecardWords>;

/** How much each criterion counts, and what the score is where it alone is failed. `title`: where it is not what is stored. */
export function EffectsPanel(props: { view: View; definition: ScorecardDefinition; title?: string }) {
  const { view, definition } = props;
  const words = wordsOf(scorecardWords, view.language);
  const { score } = view.formats;
  return (
    <Panel title={props.title ?? words.shares} flush>
      <p class="hint panel-body">{words.sharesText}</p>
      <Table
        view={view}
        label={words.shares}
        rows={effectsOf(definition)}
        columns={[
          {
            name: "text",
            title: words.question,
            narrow: "start",
            cell: ({ one }) => <span dir="auto">{one.text}</span>,
          },
          {
            name: "share",
            title: words.share,
            kind: "number",
            narrow: "end",
            titled: true,
            cell: ({ share }) => (share === null ? "–" : score(share)),
          },
          {
            name: "alone",
            title: words.aloneFailed,
            kind: "number",
            narrow: "below",
            titled: true,
            cell: ({ alone }) =>
              alone === null || alone.score === null
                ? "–"
                : `${score(alone.score)}, ${alone.passed ? words.passes : words.fails}`,
          },
        ]}
      />
    </Panel>
  );
}

/** A long scale is written, and every other answer chosen. */
function AnswerField({
  view,
  words,
  one,
  value,
}: {
  view: View;
  words: ScorecardWords;
  one: Criterion;
  value: string;
}) {
  const field = { view, name: `a.${one.id}`, label: one.text, value };
  return one.kind === "scale" && (one.max ?? 0) > LONGEST_CHOICE ? (
    <TextField {...field} inputmode="numeric" maxlength={4} optional />
  ) : (
    <SelectField {...field} options={answersOf(words, one)} />
  );
}

function Outcome({ view, words, score }: { view: View; words: ScorecardWords; score: Score }) {
  const { score: written } = view.formats;
  return (
    <div role="status">
      <p>
        <b>{score.score === null ? words.noScore : `${words.score}: ${written(score.score)}`}</b>{" "}
        {score.passed !== null && (
          <Status tone={score.passed ? "good" : "wrong"}>{score.passed ? words.passes : words.fails}</Status>
        )}
      </p>
      {score.autoFailed.length > 0 && score.uncapped !== null && <p>{words.failedAtOnce(written(score.uncapped))}</p>}
      {score.open.length > 0 && <p class="second">{words.stillOpen(score.open.length)}</p>}
    </div>
  );
}

function chosenOf(answers: Answers, { id }: Criterion): string {
  const given = answers[id];
  return given?.na ? NOT_APPLICABLE : String(given?.value ?? "");
}

function answersOf(words: ScorecardWords, one: Criterion): (readonly [string, string])[] {
  return [["", words.open], ...choicesOf(words, one)];
}
