import { assets } from "#assets";
import { playerWords } from "../strings/player";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Icon } from "./icon";
import { KeyHint } from "./key-hint";
import { Lanes, talkOf, type Lane } from "./lanes";
import { MarkLine, type Mark } from "./marks";

const SPEEDS = ["0.75", "1", "1.25", "1.5", "2"];

/**
 * A recording: one lane for each voice, where both speak at once shaded. Without script the browser's own player;
 * with it (ui/browser/player.ts) lanes that are clicked, speed, silence that is skipped, a volume for each voice, keys.
 */
export function Player(props: {
  view: View;
  source: string;
  seconds: number;
  lanes: readonly Lane[];
  /** Stretches in which nothing is heard, in milliseconds. */
  muted?: readonly (readonly [start: number, end: number])[];
  /** Moments of which somebody said something. */
  marks?: readonly Mark[];
  startAt: number;
}) {
  const { view, source, seconds, lanes, muted = [], marks = [], startAt } = props;
  const words = wordsOf(playerWords, view.language);
  const { length } = view.formats;
  const turns = lanes
    .flatMap((lane) => lane.turns.map(([start, end]) => [start, end]))
    .toSorted(([a = 0], [b = 0]) => a - b);
  return (
    <div class="player" data-player data-seconds={seconds} data-start={startAt} data-turns={JSON.stringify(turns)}>
      <script type="module" src={assets.player} />
      <div class="player-voices">
        {lanes.map(({ voice, name, channel, turns: own }) => (
          <span class={`voice ${voice}`}>
            <svg width="12" height="10" viewBox="0 0 12 10" aria-hidden="true">
              <rect class={`strip-${voice}`} width="12" height="10" rx="2" />
            </svg>
            <span dir="auto">{name}</span> <b>{length(talkOf(own) / 1000)}</b>
            {lanes.length > 1 && (
              <input
                class="gain needs-script"
                type="range"
                min="0"
                max="200"
                step="10"
                value="100"
                data-gain={channel}
                aria-label={words.volumeOf(name)}
              />
            )}
          </span>
        ))}
      </div>
      {lanes.length > 0 && <Lanes view={view} lanes={lanes} muted={muted} seconds={seconds} />}
      {marks.length > 0 && <MarkLine view={view} marks={marks} seconds={seconds} />}
      <p class="field-error" role="alert" data-unplayable hidden>
        {words.unplayable}{" "}
        <a href={source} download>
          {words.download}
        </a>
      </p>
      <p class="field-error" role="alert" data-unreachable hidden>
        {words.unreachable}
      </p>
      <div class="player-bar">
        <audio controls preload="metadata" src={source} data-audio-element aria-label={words.recording} />
        <div class="player-controls needs-script" data-controls>
          <button class="play-button" type="button" data-toggle aria-label={words.playPause}>
            <Icon name="play" />
            <Icon name="pause" />
          </button>
          <span class="player-time number">
            <span data-now>{length(startAt)}</span> / {length(seconds)}
          </span>
          <input
            class="position"
            type="range"
            min="0"
            max={Math.max(1, Math.ceil(seconds))}
            step="1"
            value={startAt}
            data-position
            aria-label={words.position}
          />
          <label class="for-select">
            <span class="for-screen-readers">{words.speed}</span>
            <select data-speed>
              {SPEEDS.map((speed) => (
                <option value={speed} selected={speed === "1"}>
                  {speed}×
                </option>
              ))}
            </select>
          </label>
          <label class="check">
            <input type="checkbox" data-skip />
            <span>{words.skipSilence}</span>
          </label>
          <button class="button small copy" type="button" data-copy-place data-copied={words.copied}>
            <Icon name="copy" />
            <span class="copy-word">{words.copyPlace}</span>
          </button>
          <span class="key-hints">
            <KeyHint keys={["Space"]} does={words.keyPlay} />
            <KeyHint keys={["←", "→"]} does={words.keySeek} />
            <KeyHint keys={["p", "n"]} does={words.keyTurns} />
            <KeyHint keys={["-", "+"]} does={words.keySpeed} />
            <KeyHint keys={["0", "9"]} does={words.keyPart} />
          </span>
        </div>
      </div>
    </div>
  );
}
