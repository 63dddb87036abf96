import { assets } from "#assets";
import {
  enginesOf,
  isMeasuring,
  type AnalysisRow,
  type CallTranscript,
  type Spoken,
  type TranscriptChoice,
} from "../../analysis";
import { NO_WORDS } from "../../recordings";
import { Panel } from "../../ui/components/panel";
import { StoredReason } from "../../ui/components/stored-reason";
import { wordsOf, type Words } from "../../ui/strings/define";
import { transcriptWords } from "../../ui/strings/transcript";
import { MaskedText } from "./redaction-parts";
import type { View } from "../../ui/view";

/** What a page shows of a long call: four hours of talk. The API has all of it. */
const MOST_PARTS = 3_000;

type Props = {
  view: View;
  transcript: CallTranscript | null;
  analyses: readonly AnalysisRow[];
  /** What the page can show in its place; left out where it shows the newest alone. */
  choices?: readonly TranscriptChoice[];
};

/**
 * What was said. With script (ui/browser/transcript.ts) it follows the recording and is searched; a click on a time plays
 * from there.
 */
export function TranscriptPanel({ view, transcript, analyses, choices = [] }: Props) {
  const words = wordsOf(transcriptWords, view.language);
  return (
    <>
      {transcript && <Said view={view} words={words} transcript={transcript} choices={choices} />}
      <AtWork view={view} words={words} analyses={analyses} />
    </>
  );
}

type SaidProps = {
  view: View;
  words: Words<typeof transcriptWords>;
  transcript: CallTranscript;
  choices: readonly TranscriptChoice[];
};

function Said({ view, words, transcript, choices }: SaidProps) {
  const { engine, version, spoken, gaps } = transcript;
  const { number } = view.formats;
  // Without script, a time leads to the same transcript.
  const query = choices.length > 1 ? `${queryOf(transcript)}&` : "";
  return (
    <Panel title={words.title} id="transcript">
      <script type="module" src={assets.transcript} />
      <div data-transcript data-found={words.found("#")}>
        {choices.length > 1 && <Choices view={view} words={words} choices={choices} shown={transcript} />}
        <p class="second">
          <span dir="auto">{words.by(version === null ? engine : `${engine}, ${version}`)}</span>
          {gaps.length > 0 && ` · ${words.gaps(number(gaps.length))}`}
        </p>
        {spoken.length === 0 && <p>{words.silent}</p>}
        <div class="transcript-search needs-script" hidden data-transcript-search>
          <input type="search" maxlength={200} aria-label={words.search} placeholder={words.search} />
          <span class="second" role="status" data-count />
        </div>
        <ol class="transcript transcript-long" tabindex={0} aria-label={words.title}>
          {spoken.slice(0, MOST_PARTS).map((one) => (
            <Part view={view} words={words} one={one} query={query} />
          ))}
        </ol>
        {spoken.length > MOST_PARTS && <p class="second">{words.cut(number(MOST_PARTS))}</p>}
      </div>
    </Panel>
  );
}

type ChoicesProps = {
  view: View;
  words: Words<typeof transcriptWords>;
  choices: readonly TranscriptChoice[];
  shown: TranscriptChoice;
};

/** The transcripts of a call by engine and version, and by recording where it has several. */
function Choices({ view, words, choices, shown }: ChoicesProps) {
  const recordings = [...new Set(choices.flatMap(({ recordingId }) => recordingId ?? []))].toSorted();
  return (
    <nav aria-label={words.choose}>
      <ul class="transcript-choices">
        {choices.map((one) => {
          const place = one.recordingId === null ? -1 : recordings.indexOf(one.recordingId);
          const which = recordings.length > 1 && place >= 0 ? words.ofRecording(view.formats.number(place + 1)) : null;
          const name = [one.engine, one.version, which].filter((part) => part !== null).join(", ");
          const query = queryOf(one);
          return (
            <li dir="auto">
              {query === queryOf(shown) ? (
                <b aria-current="true">{name}</b>
              ) : (
                <a href={`?${query}#transcript`}>{name}</a>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** What an address says of a transcript, as the API's parameters do. */
function queryOf({ engine, version, recordingId }: TranscriptChoice): string {
  const named = { ...(version !== null && { version }), ...(recordingId !== null && { recording_id: recordingId }) };
  return new URLSearchParams({ engine, ...named }).toString();
}

type PartProps = { view: View; words: Words<typeof transcriptWords>; one: Spoken; query: string };

function Part({ view, words, one: { speaker, start, end, text }, query }: PartProps) {
  const seconds = (start ?? 0) / 1000;
  const voice = speaker === "customer" ? "voice-customer" : "voice-operator";
  return (
    <li data-from={seconds} data-to={(end ?? start ?? 0) / 1000}>
      <a class="mono second" href={`?${query}t=${Math.floor(seconds)}`} data-seek={seconds}>
        {view.formats.length(Math.floor(seconds))}
      </a>
      <b class={speaker === null ? "second" : voice}>
        {speaker === "operator" || speaker === "customer" ? words[speaker] : words.unknown}
      </b>
      <span dir="auto">
        <MaskedText view={view} text={text} />
      </span>
    </li>
  );
}

/** The engines that are not done, and those that could not do it. */
function AtWork({ view, words, analyses }: Pick<SaidProps, "view" | "words"> & Pick<Props, "analyses">) {
  const every = analyses.flatMap((row) => enginesOf(row).slice(1));
  const others = every.filter((one) => !isMeasuring(one));
  const measures = every.filter(isMeasuring);
  return (
    <>
      {measures.some(({ state }) => state === "pending") && <Panel>{words.measuring}</Panel>}
      {measures
        .filter(({ state }) => state === "failed")
        .map(({ reason }) => (
          <Panel title={words.notMeasured} tone="wrong">
            <p>
              <StoredReason view={view} about="analysis" reason={reason} />
            </p>
          </Panel>
        ))}
      {others
        .filter(({ state }) => state === "pending" || state === "late")
        .map(({ engine }) => (
          <Panel>{words.pending(engine)}</Panel>
        ))}
      {others
        // That a recording is held back for want of words is said where it would be played.
        .filter(({ state, reason }) => state === "failed" && !reason?.startsWith(NO_WORDS))
        .map(({ engine, reason }) => (
          <Panel title={words.failed(engine)} tone="wrong">
            <p>
              <StoredReason view={view} about="engine" reason={reason} />
            </p>
          </Panel>
        ))}
    </>
  );
}
