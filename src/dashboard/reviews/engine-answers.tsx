import { criteriaOf, shownAnswers, type Criterion, type EngineAnswer, type ReadReview } from "../../quality";
import type { ScorecardDefinition } from "../../quality";
import type { reviewWords } from "../../ui/strings/reviews";
import { wordsOf, type Words } from "../../ui/strings/define";
import { engineAnswerWords } from "../../ui/strings/engine-answers";
import { measureNames } from "../../ui/strings/rule-measures";
import type { View } from "../../ui/view";

/** An engine's answer as a page says it, with the moment that it rests on in seconds. */
export type SaidByEngine = { text: string; at: number | null; clock: string };

/** What engines answered to the criteria of a review, as far as it may be shown now. */
export function saidByEngines(
  view: View,
  ofReviews: Words<typeof reviewWords>,
  review: ReadReview,
  definition: ScorecardDefinition,
): Record<string, SaidByEngine> {
  if (review.isWithheld === true) return {};
  const known = new Map(criteriaOf(definition).map((one) => [one.id, one]));
  return Object.fromEntries(
    Object.entries(shownAnswers(review)).flatMap(([id, found]) => {
      const criterion = known.get(id);
      return criterion ? [[id, saidBy(view, ofReviews, criterion, found)] as const] : [];
    }),
  );
}

function saidBy(
  view: View,
  ofReviews: Words<typeof reviewWords>,
  criterion: Criterion,
  found: EngineAnswer,
): SaidByEngine {
  const words = wordsOf(engineAnswerWords, view.language);
  const { engine, quote, note, at_seconds: at } = found;
  const said = words.says(
    engine === "trunkline" ? words.conditions : engine,
    labelOf(ofReviews, criterion, found.value),
  );
  const why = [
    ...(quote !== null && quote !== "" ? [`“${quote}”`] : []),
    ...(note === null ? [] : [`(${engine === "trunkline" ? measureIn(view, note) : note})`]),
  ];
  return { text: [said, ...why].join(" "), at, clock: at === null ? "" : view.formats.length(Math.floor(at)) };
}

/** A measure that was noted by its name in the API, in words; anything else as it is. */
function measureIn(view: View, note: string): string {
  const names: Record<string, string> = wordsOf(measureNames, view.language);
  const [name = "", value] = note.split(" ");
  const words = names[name];
  return words === undefined || value === undefined ? note : `${words}: ${view.formats.number(Number(value))}`;
}

function labelOf(words: Words<typeof reviewWords>, { kind, options = [] }: Criterion, value: string | number): string {
  if (kind === "yes_no") return value === "yes" ? words.yes : words.no;
  return options.find(({ id }) => id === value)?.label ?? String(value);
}

/** The line under a criterion with what an engine answered; hidden until it may be shown. */
export function EngineLine({ view, said }: { view: View; said: SaidByEngine | undefined }) {
  const words = wordsOf(engineAnswerWords, view.language);
  return (
    <p class="engine-answer" data-engine hidden={said === undefined}>
      <span data-engine-text dir="auto">
        {said?.text ?? ""}
      </span>{" "}
      <button
        class="button small needs-script"
        type="button"
        data-engine-at={said?.at ?? ""}
        hidden={said === undefined || said.at === null}
        aria-label={words.play}
      >
        {said?.clock ?? ""}
      </button>
    </p>
  );
}

/** Why the answer is another one; hidden until the engine's answer is shown. */
export function ReasonField({
  view,
  id,
  reason,
  isShown,
  wrong,
}: {
  view: View;
  id: string;
  reason: string;
  isShown: boolean;
  /** What is wrong with it. */
  wrong: string | undefined;
}) {
  const words = wordsOf(engineAnswerWords, view.language);
  return (
    <div class="remark" data-reason hidden={!isShown}>
      <label class="second" for={`r.${id}`}>
        {words.reason}
      </label>
      <input
        type="text"
        id={`r.${id}`}
        name={`r.${id}`}
        value={reason}
        maxlength={2000}
        dir="auto"
        aria-describedby={wrong === undefined ? undefined : `r.${id}-error`}
        aria-invalid={wrong === undefined ? undefined : "true"}
      />
      {wrong !== undefined && (
        <p class="field-error" id={`r.${id}-error`}>
          {wrong}
        </p>
      )}
    </div>
  );
}
