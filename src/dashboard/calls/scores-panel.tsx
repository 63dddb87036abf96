import { RULES_ENGINE } from "../../analysis";
import type { PlatformReviewSnapshot, ScoreSetSnapshot, ScoreSnapshot } from "../../events";
import { Moment } from "../../ui/components/moment";
import { Facts, type Panel, Part } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { wordsOf, type Words } from "../../ui/strings/define";
import { measuresWords } from "../../ui/strings/measures";
import { detailIn } from "../../ui/strings/refusals";
import { scoresWords } from "../../ui/strings/scores";
import type { View } from "../../ui/view";

type Box = typeof Panel | typeof Part;
type Props = {
  view: View;
  sets: readonly ScoreSetSnapshot[];
  platform: string;
  operatorChannel: number;
  /** What each set of scores is in: a panel of its own, or a part of one. */
  box: Box;
};
type Context = { view: View; words: Words<typeof scoresWords>; who: Words<typeof measuresWords>; platform: string };

/** The scores of each engine and of the platform, with their why. */
export function ScoreSets({ view, sets, platform, operatorChannel, box }: Props) {
  const language = view.language;
  const context = { view, words: wordsOf(scoresWords, language), who: wordsOf(measuresWords, language), platform };
  return (
    <>
      {sets.map((set) => (
        <Scores context={context} set={set} operatorChannel={operatorChannel} box={box} />
      ))}
    </>
  );
}

type ScoresProps = { context: Context; set: ScoreSetSnapshot; operatorChannel: number; box: Box };

function Scores({ context, set, operatorChannel, box: In }: ScoresProps) {
  const { words, platform } = context;
  const scores = set.channels.flatMap(({ scores: given }) => given);
  const names = [...new Set(scores.map(({ name }) => name))];
  const known = new Set(scores.filter(({ value }) => value !== null).map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  const factsOf = (some: readonly string[]) =>
    some.map((name) => [<span dir="auto">{name}</span>, linesOf(context, set, name, operatorChannel)] as const);
  return (
    <In title={words.title} aside={<EngineName view={context.view} platform={platform} of={set} />}>
      {set.indicator && (
        <p>
          <Tag tone="attention">{words.indicator}</Tag>
        </p>
      )}
      {set.reason !== null && (
        <p class="second">
          {words.failed}: <span dir="auto">{set.reason}</span>
        </p>
      )}
      {set.reason === null && names.length === 0 && <p class="second">{words.nobodySpoke}</p>}
      {known.size > 0 && <Facts facts={factsOf(names.filter((name) => known.has(name)))} />}
      {unknown.length > 0 && (
        <details class="more">
          <summary>{words.noEvidenceOf(context.view.formats.number(unknown.length))}</summary>
          <Facts facts={factsOf(unknown)} />
        </details>
      )}
    </In>
  );
}

/** A score of each channel that has it, with whose channel it is where there are several. */
function linesOf({ view, words, who }: Context, { channels }: ScoreSetSnapshot, name: string, operatorChannel: number) {
  return channels.flatMap(({ channel, scores }) =>
    scores
      .filter((score) => score.name === name)
      .map((score) => {
        const voice = channel === operatorChannel ? "operator" : "customer";
        return (
          <div>
            {channels.length > 1 && <span class={`voice-${voice}`}>{who[voice]} </span>}
            {valueOf(view, words, score)}
            {score.explanation !== null && (
              <div class="second" dir="auto">
                {detailIn(score.explanation, view.language) ?? score.explanation}
              </div>
            )}
            {score.quote && (
              <div class="second">
                <q dir="auto">{score.quote.text}</q> {words.at(view.formats.length(score.quote.start_seconds))}
              </div>
            )}
          </div>
        );
      }),
  );
}

function valueOf({ formats }: View, words: Context["words"], { value, scale }: ScoreSnapshot) {
  if (value === null) return <Tag>{words.noEvidence}</Tag>;
  const text = formats.decimal(value);
  return scale === null ? text : words.outOf(text, formats.decimal(scale.min), formats.decimal(scale.max));
}

type EngineProps = { view: View; platform: string; of: { engine: string; version: string | null } };

/** Who found something: an engine with its version, the rules of the organization, or the platform by its name. */
export function EngineName({ view, platform, of: { engine, version } }: EngineProps) {
  const words = wordsOf(scoresWords, view.language);
  const own = { platform: words.platform(platform), [RULES_ENGINE]: words.byRules }[engine];
  return (
    <span class="second">
      {own ?? <span dir="auto">{engine}</span>}
      {version !== null && (
        <>
          {" "}
          <code dir="auto">{version}</code>
        </>
      )}
    </span>
  );
}

type ReviewsProps = { view: View; reviews: readonly PlatformReviewSnapshot[] };

/** What came of a warning on the platform. */
export function PlatformReviews({ view, reviews }: ReviewsProps) {
  const words = wordsOf(scoresWords, view.language);
  return (
    <Part title={words.reviews}>
      <Facts
        facts={reviews.map(({ event, at, by, result, note }) => [
          <code>{event}</code>,
          <div>
            <span dir="auto">{result}</span> {by !== null && <bdi>{words.by(by)}</bdi>}{" "}
            <Moment view={view} at={Date.parse(at)} />
            {note !== null && (
              <div class="second" dir="auto">
                {note}
              </div>
            )}
          </div>,
        ])}
      />
    </Part>
  );
}
