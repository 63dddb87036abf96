import type { AboutSnapshot } from "../../events";
import { Facts, Panel } from "../../ui/components/panel";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { StoredReason } from "../../ui/components/stored-reason";
import { aboutWords } from "../../ui/strings/about";
import { wordsOf, type Words } from "../../ui/strings/define";
import { measuresWords } from "../../ui/strings/measures";
import type { View } from "../../ui/view";
import { callsHref } from "./filter";
import type { CallParts } from "./read-one";

type Props = { view: View; callId: string; scored: CallParts["scored"]; operatorChannel: number };
type Context = Omit<Props, "scored"> & { words: Words<typeof aboutWords> };

const TONES: Record<"positive" | "neutral" | "negative", Tone> = {
  positive: "good",
  neutral: "idle",
  negative: "attention",
};

/** What language models say of a call from its words: a summary, topics and sentiment, each with what it rests on. */
export function AboutPanels({ scored, ...props }: Props) {
  const context = { ...props, words: wordsOf(aboutWords, props.view.language) };
  const told = scored
    .flatMap(({ score_sets: sets }) => sets)
    .flatMap(({ engine, version, about }) => (about ? [{ engine, version, about }] : []));
  return (
    <>
      {told.map(({ engine, version, about }) => (
        <Panel title={context.words.title} aside={<Engine engine={engine} version={version} />}>
          <About context={context} about={about} />
        </Panel>
      ))}
    </>
  );
}

function Engine({ engine, version }: { engine: string; version: string | null }) {
  return (
    <span class="second">
      <span dir="auto">{engine}</span> {version !== null && <code dir="auto">{version}</code>}
    </span>
  );
}

function About({ context, about }: { context: Context; about: AboutSnapshot }) {
  const { words } = context;
  const { reason, statements, topics, sentiments } = about;
  const facts = [
    ...(topics.length === 0 ? [] : [[words.topics, <Topics context={context} topics={topics} />] as const]),
    ...(sentiments.length === 0
      ? []
      : [[words.sentiment, <Sentiments context={context} sentiments={sentiments} />] as const]),
  ];
  return (
    <>
      {reason !== null && (
        <p class="second">
          {words.failed}: <StoredReason view={context.view} about="engine" reason={reason} />
        </p>
      )}
      {statements.length > 0 && (
        <ul>
          {statements.map(({ text, quote }) => (
            <li>
              <span dir="auto">{text}</span>
              <Quote context={context} quote={quote} />
            </li>
          ))}
        </ul>
      )}
      {facts.length > 0 && <Facts facts={facts} />}
    </>
  );
}

function Topics({ context, topics }: { context: Context; topics: AboutSnapshot["topics"] }) {
  return (
    <>
      {topics.map(({ name, quote }) => (
        <div>
          <a href={callsHref({}, { topic: name })} dir="auto">
            {name}
          </a>
          <Quote context={context} quote={quote} />
        </div>
      ))}
    </>
  );
}

/** Of each party. Where one channel carries everyone, it is nobody's. */
function Sentiments({ context, sentiments }: { context: Context; sentiments: AboutSnapshot["sentiments"] }) {
  const { view, words, operatorChannel } = context;
  const who = wordsOf(measuresWords, view.language);
  return (
    <>
      {sentiments.map(({ channel, value, explanation, quote }) => {
        const voice = channel === operatorChannel ? "operator" : "customer";
        const isNamed = sentiments.length > 1 || voice === "customer";
        return (
          <div>
            {isNamed && <span class={`voice-${voice}`}>{who[voice]} </span>}
            {value === null ? <Tag>{words.noEvidence}</Tag> : <Status tone={TONES[value]}>{words[value]}</Status>}
            {explanation !== null && (
              <div class="second" dir="auto">
                {explanation}
              </div>
            )}
            <Quote context={context} quote={quote} />
          </div>
        );
      })}
    </>
  );
}

type QuoteProps = { context: Context; quote: AboutSnapshot["topics"][number]["quote"] };

/** Words that were said; they are played where they were. */
function Quote({ context: { view, callId }, quote }: QuoteProps) {
  if (quote === null) return null;
  const at = Math.floor(quote.start_seconds);
  return (
    <div class="second">
      <q dir="auto">{quote.text}</q>{" "}
      <a href={`/dashboard/calls/${callId}?t=${at}`} class="mono">
        {view.formats.length(at)}
      </a>
    </div>
  );
}
