import type { AboutSnapshot } from "../../events";
import { Facts } from "../../ui/components/panel";
import { Status, Tag, type Tone } from "../../ui/components/status";
import { StoredReason } from "../../ui/components/stored-reason";
import { aboutWords } from "../../ui/strings/about";
import { wordsOf, type Words } from "../../ui/strings/define";
import { measuresWords } from "../../ui/strings/measures";
import type { View } from "../../ui/view";
import { callsHref } from "./filter";
import type { CallParts } from "./read-one";

type Props = { view: View; callId: string; operatorChannel: number };
type Context = Props & { words: Words<typeof aboutWords> };

const TONES: Record<"positive" | "neutral" | "negative", Tone> = {
  positive: "good",
  neutral: "idle",
  negative: "attention",
};

/** What one language model says of a call from its words. */
export type Told = { engine: string; version: string | null; about: AboutSnapshot };

/** All that models told of a call. */
export function toldOf(scored: CallParts["scored"]): Told[] {
  return scored
    .flatMap(({ score_sets: sets }) => sets)
    .flatMap(({ engine, version, about }) => (about ? [{ engine, version, about }] : []));
}

/** What a model says of a call in a few sentences; what each of them, the topics and the sentiment rest on opens below. */
export function AboutText({ about, ...props }: Props & { about: AboutSnapshot }) {
  const context = { ...props, words: wordsOf(aboutWords, props.view.language) };
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
      {statements.length > 0 && <p dir="auto">{statements.map(({ text }) => text).join(" ")}</p>}
      {(statements.length > 0 || facts.length > 0) && (
        <details class="more">
          <summary>{words.restsOn}</summary>
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
        </details>
      )}
    </>
  );
}

/** Topics and sentiment of a call in a line each. */
export function aboutFacts(view: View, { topics, sentiments }: AboutSnapshot, operatorChannel: number) {
  const words = wordsOf(aboutWords, view.language);
  const names = topics.map(({ name }, index) => (
    <>
      {index > 0 && ", "}
      <TopicLink name={name} />
    </>
  ));
  const known = sentiments.filter(({ value }) => value !== null);
  const said = known.map((one) => (
    <div>
      <Sentiment view={view} one={one} isNamed={isNamed(sentiments, one, operatorChannel)} channel={operatorChannel} />
    </div>
  ));
  return [
    ...(names.length === 0 ? [] : [[words.topics, names] as const]),
    ...(said.length === 0 ? [] : [[words.sentiment, said] as const]),
  ];
}

function TopicLink({ name }: { name: string }) {
  return (
    <a href={callsHref({}, { topic: name })} dir="auto">
      {name}
    </a>
  );
}

type OfChannel = AboutSnapshot["sentiments"][number];

/** Whose it is is said where there are several, and of the customer: where one channel carries everyone, it is nobody's. */
function isNamed(all: readonly OfChannel[], { channel }: OfChannel, operatorChannel: number): boolean {
  return all.length > 1 || channel !== operatorChannel;
}

type SentimentProps = { view: View; one: OfChannel; isNamed: boolean; channel: number };

/** `channel`: that of the operator. */
function Sentiment({ view, one: { channel: of, value }, isNamed: named, channel }: SentimentProps) {
  const words = wordsOf(aboutWords, view.language);
  const voice = of === channel ? "operator" : "customer";
  return (
    <>
      {named && <span class={`voice-${voice}`}>{wordsOf(measuresWords, view.language)[voice]} </span>}
      {value === null ? <Tag>{words.noEvidence}</Tag> : <Status tone={TONES[value]}>{words[value]}</Status>}
    </>
  );
}

function Topics({ context, topics }: { context: Context; topics: AboutSnapshot["topics"] }) {
  return (
    <>
      {topics.map(({ name, quote }) => (
        <div>
          <TopicLink name={name} />
          <Quote context={context} quote={quote} />
        </div>
      ))}
    </>
  );
}

function Sentiments({ context, sentiments }: { context: Context; sentiments: AboutSnapshot["sentiments"] }) {
  const { view, operatorChannel } = context;
  return (
    <>
      {sentiments.map((one) => (
        <div>
          <Sentiment
            view={view}
            one={one}
            isNamed={isNamed(sentiments, one, operatorChannel)}
            channel={operatorChannel}
          />
          {one.explanation !== null && (
            <div class="second" dir="auto">
              {one.explanation}
            </div>
          )}
          <Quote context={context} quote={one.quote} />
        </div>
      ))}
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
      <a href={`/dashboard/calls/${callId}?t=${at}`} class="mono" data-seek={quote.start_seconds}>
        {view.formats.length(at)}
      </a>
    </div>
  );
}
