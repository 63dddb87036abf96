import type { View } from "../view";

/** One voice: the turns it speaks, in milliseconds from the start, and what is drawn of its sound. */
export type Lane = {
  voice: "operator" | "customer" | "anyone";
  name: string;
  /** Its channel in the recording. */
  channel: number;
  turns: readonly (readonly [start: number, end: number])[];
  /** The lowest and the highest sample of each column, -1 to 1; null where there is no waveform. */
  wave: readonly (readonly [lowest: number, highest: number])[] | null;
};

const WIDTH = 1000;
const LANE = 40;
/** What a bar that is almost silent is tall, so that the line of a lane is seen. */
const LEAST = 0.6;

/** The voices of a recording over its time, one above the other, with where both speak at once shaded. */
export function Lanes(props: { view: View; lanes: readonly Lane[]; muted?: Lane["turns"]; seconds: number }) {
  const { view, lanes, muted = [], seconds } = props;
  const height = Math.max(1, lanes.length) * LANE;
  const { length } = view.formats;
  return (
    <svg
      class="lanes"
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={lanes.map(({ name, turns }) => `${name} ${length(talkOf(turns) / 1000)}`).join(", ")}
      data-lanes
    >
      <path class="overlap" d={blocks(overlapsOf(lanes), seconds, 0, height)} />
      {lanes.map(({ voice, turns, wave }, index) => (
        <>
          <path class="lane-line" d={`M0 ${index * LANE + LANE / 2}H${WIDTH}`} />
          {wave === null ? (
            <path class={`strip-${voice}`} d={blocks(turns, seconds, index * LANE + 8, LANE - 16)} />
          ) : (
            <path class={`wave-${voice}`} d={bars(wave, index * LANE + LANE / 2)} data-wave />
          )}
        </>
      ))}
      {muted.length > 0 && <path class="muted-part" d={blocks(muted, seconds, 0, height)} />}
      <rect class="to-come" x="0" y="0" width="0" height={height} data-to-come />
      <path class="playhead" d={`M0 0V${height}`} data-playhead />
    </svg>
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
  return turns
    .map(([start, end]) => {
      const width = short(Math.max(0.6, (end - start) * scale));
      return `M${short(start * scale)} ${top}h${width}v${height}h-${width}z`;
    })
    .join("");
}

/** One path for all columns, each a vertical line around the middle of its lane. */
function bars(wave: NonNullable<Lane["wave"]>, middle: number): string {
  const width = WIDTH / Math.max(1, wave.length);
  const reach = LANE / 2 - 2;
  return wave
    .map(([lowest, highest], column) => {
      const top = middle - Math.max(LEAST, highest * reach);
      const bottom = middle + Math.max(LEAST, -lowest * reach);
      return `M${short((column + 0.5) * width)} ${short(top)}V${short(bottom)}`;
    })
    .join("");
}

function short(value: number): number {
  return Math.round(value * 10) / 10;
}
