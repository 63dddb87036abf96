import type { Findings } from "../../analysis";
import { Facts } from "../../ui/components/panel";
import { wordsOf, type Words } from "../../ui/strings/define";
import { measuresWords } from "../../ui/strings/measures";
import type { View } from "../../ui/view";
import {
  figuresOf,
  type CallFigures,
  type Figures,
  type Medians,
  type PartyFigures,
  type Voice,
} from "./compared-measures";

type Props = { view: View; findings: Findings; operatorChannel: number; medians: Medians | null };
type MeasureWords = Words<typeof measuresWords>;
type Format = (value: number, view: View, words: MeasureWords) => string;

const seconds: Format = (value, view) => `${view.formats.decimal(value)} s`;
const length: Format = (value, view) => view.formats.length(value);
const decibels: Format = (value, view) => `${view.formats.decimal(value)} dB`;

const OF_PARTIES: readonly [name: keyof PartyFigures, format: Format][] = [
  ["talkShare", (value, view) => view.formats.percent(Math.round(value * 100) / 100)],
  ["longestMonologueSeconds", length],
  ["responseSeconds", seconds],
  ["interruptions", (value, view, words) => words.times(view.formats.decimal(value))],
  ["backchannels", (value, view, words) => words.backchannelCount(view.formats.decimal(value))],
  ["syllablesPerSecond", (value, view, words) => words.syllables(view.formats.decimal(value))],
  ["pitchHz", (value, view) => `${view.formats.number(Math.round(value))} Hz`],
  ["pitchSpreadSemitones", (value, view, words) => words.semitones(view.formats.decimal(value))],
  ["levelSpreadDb", decibels],
  ["loudnessLufs", (value, view) => `${view.formats.decimal(value)} LUFS`],
  ["snrDb", decibels],
  ["bandwidthHz", (value, view) => `${view.formats.decimal(value / 1000)} kHz`],
  ["clips", (value, view, words) => words.times(view.formats.decimal(value))],
];

const OF_THE_CALL: readonly [name: keyof CallFigures, format: Format][] = [
  ["switchesPerMinute", (value, view, words) => words.perMinute(view.formats.decimal(value))],
  ["overlapSeconds", seconds],
  ["longestSilenceSeconds", seconds],
  ["holdSeconds", length],
];
/** What is zero in most calls, and then says nothing. */
const SHOWN_ABOVE_ZERO: ReadonlySet<string> = new Set(["clips", "holdSeconds", "longestSilenceSeconds"]);
const VOICES: readonly Voice[] = ["operator", "customer", "anyone"];

/** The most telling ones, of the operator and of the call, for whoever does not look into the others. */
const KEY: ReadonlySet<string> = new Set(["talkShare", "responseSeconds", "interruptions", "longestSilenceSeconds"]);

/** What was measured in the recording, in words, beside the median of its campaign. */
export function Measures({ view, findings, operatorChannel, medians }: Props) {
  const words = wordsOf(measuresWords, view.language);
  const figures = figuresOf(findings, operatorChannel);
  if (figures === null) return <p class="second">{words.earlier}</p>;
  const context = { view, words, medians };
  return (
    <>
      {medians && <p class="second">{words.comparedWith(view.formats.number(medians.calls))}</p>}
      {figures.parties.anyone && <p class="second">{words.oneChannel}</p>}
      <Facts facts={[...partyFacts(context, figures), ...callFacts(context, figures)]} />
    </>
  );
}

/** The few measures that say most of a call, as lines of a list of facts; none of what an earlier version measured. */
export function keyMeasures({ view, findings, operatorChannel, medians }: Props) {
  const figures = figuresOf(findings, operatorChannel);
  if (figures === null) return [];
  const { operator, anyone } = figures.parties;
  const parties = operator ? { operator } : anyone ? { anyone } : {};
  const context = { view, words: wordsOf(measuresWords, view.language), medians };
  return [...partyFacts(context, { ...figures, parties }, KEY), ...callFacts(context, figures, KEY)];
}

type Context = { view: View; words: MeasureWords; medians: Medians | null };

function partyFacts({ view, words, medians }: Context, { parties }: Figures, only?: ReadonlySet<string>) {
  return OF_PARTIES.flatMap(([name, format]) => {
    if (only && !only.has(name)) return [];
    const known = VOICES.flatMap((voice) => {
      const value = parties[voice]?.[name] ?? null;
      return isShown(name, value) ? [{ voice, value }] : [];
    });
    if (known.length === 0) return [];
    const lines = known.map(({ voice, value }) => {
      const median = medians?.party(voice, name) ?? null;
      return (
        <div>
          {voice !== "anyone" && <span class={`voice-${voice}`}>{words[voice]} </span>}
          {format(value, view, words)}
          <Median words={words} text={median === null ? null : format(median, view, words)} />
        </div>
      );
    });
    return [[words[name], lines] as const];
  });
}

function callFacts({ view, words, medians }: Context, { call }: Figures, only?: ReadonlySet<string>) {
  return OF_THE_CALL.flatMap(([name, format]) => {
    if (only && !only.has(name)) return [];
    const value = call[name];
    if (!isShown(name, value)) return [];
    const median = medians?.call(name) ?? null;
    const shown = (
      <>
        {format(value, view, words)}
        <Median words={words} text={median === null ? null : format(median, view, words)} />
      </>
    );
    return [[words[name], shown] as const];
  });
}

function isShown(name: string, value: number | null): value is number {
  return value !== null && (value !== 0 || !SHOWN_ABOVE_ZERO.has(name));
}

function Median({ words, text }: { words: MeasureWords; text: string | null }) {
  return text === null ? null : <span class="second"> {words.median(text)}</span>;
}
