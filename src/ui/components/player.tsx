import { assets } from "#assets";
import { playerWords } from "../strings/player";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Icon } from "./icon";
import { KeyHint } from "./key-hint";

/** One voice: the turns it speaks, in milliseconds from the start. */
export type Lane = {
  voice: "operator" | "customer" | "anyone";
  name: string;
  turns: readonly (readonly [start: number, end: number])[];
};

const WIDTH = 1000;
const LANE = 40;
const SPEEDS = ["0.75", "1", "1.25", "1.5", "2"];

/**
 * A recording: one lane for each voice, where both speak at once shaded. Without script the browser's own player;
 * with it (ui/browser/player.ts) lanes that are clicked, speed, silence that is skipped, and keys.
 */
export function Player(props: {
  view: View;
  source: string;
  seconds: number;
  lanes: readonly Lane[];
  startAt: number;
}) {
  const { view, source, seconds, lanes, startAt } = props;
  const words = wordsOf(playerWords, view.language);
  const { length } = view.formats;
  const height = Math.max(1, lanes.length) * LANE;
  const turns = lanes
    .flatMap((lane) => lane.turns.map(([start, end]) => [start, end]))
    .toSorted(([a = 0], [b = 0]) => a - b);
  return (
    <div class="player" data-player data-seconds={seconds} data-start={startAt} data-turns={JSON.stringify(turns)}>
      <script type="module" src={assets.player} />
      <div class="player-voices">
        {lanes.map(({ voice, name, turns: own }) => (
          <span class={`voice ${voice}`}>
            <svg width="12" height="10" viewBox="0 0 12 10" aria-hidden="true">
              <rect class={`strip-${voice}`} width="12" height="10" rx="2" />
            </svg>
            <span dir="auto">{name}</span> <b>{length(talkOf(own) / 1000)}</b>
          </span>
        ))}
      </div>
      {lanes.length > 0 && (
        <svg
          class="lanes"
          viewBox={`0 0 ${WIDTH} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={lanes.map(({ name, turns: own }) => `${name} ${length(talkOf(own) / 1000)}`).join(", ")}
          data-lanes
        >
          <path class="overlap" d={blocks(overlapsOf(lanes), seconds, 0, height)} />
          {lanes.map(({ voice, turns: own }, index) => (
            <>
              <path class="lane-line" d={`M0 ${index * LANE + LANE / 2}H${WIDTH}`} />
              <path class={`strip-${voice}`} d={blocks(own, seconds, index * LANE + 8, LANE - 16)} />
            </>
          ))}
          <path class="playhead" d={`M0 0V${height}`} data-playhead />
        </svg>
      )}
      <audio controls preload="metadata" src={source} data-audio-element aria-label={words.recording} />
      <div class="player-controls needs-script" hidden data-controls>
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
          <KeyHint keys={["n"]} does={words.keyNext} />
        </span>
      </div>
    </div>
  );
}

export function talkOf(turns: Lane["turns"]): number {
  return turns.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** Where two voices speak at once. */
function overlapsOf(lanes: readonly Lane[]): [number, number][] {
  const [one, other] = lanes;
  if (!one || !other) return [];
  return one.turns.flatMap(([start, end]) =>
    other.turns
      .filter(([from, to]) => from < end && to > start)
      .map(([from, to]): [number, number] => [Math.max(start, from), Math.min(end, to)]),
  );
}

/** One path for all blocks: a recording may have thousands of turns. */
function blocks(turns: Lane["turns"], seconds: number, top: number, height: number): string {
  const scale = WIDTH / Math.max(1, seconds * 1000);
  const short = (value: number) => Math.round(value * 10) / 10;
  return turns
    .map(([start, end]) => {
      const width = short(Math.max(0.6, (end - start) * scale));
      return `M${short(start * scale)} ${top}h${width}v${height}h-${width}z`;
    })
    .join("");
}
