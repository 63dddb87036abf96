import { commentWords } from "../strings/comments";
import { wordsOf } from "../strings/define";
import type { View } from "../view";

/** A moment of a recording, in seconds, with what it is called and where it leads. */
export type Mark = { seconds: number; name: string; href: string };

const HEIGHT = 24;
const DOT = 5;
/** More of them than this could not be told apart. */
const MOST_MARKS = 200;

/** The moments of a recording of which somebody said something, over its time: each plays from there. */
export function MarkLine({ view, marks, seconds }: { view: View; marks: readonly Mark[]; seconds: number }) {
  const words = wordsOf(commentWords, view.language);
  const { length } = view.formats;
  return (
    <svg class="marks" width="100%" height={HEIGHT} role="group" aria-label={words.marks}>
      {marks.slice(0, MOST_MARKS).map((mark) => (
        <svg x={`${shareOf(mark, seconds)}%`} y="0" overflow="visible">
          <a
            href={mark.href}
            data-seek={mark.seconds}
            data-mark
            aria-label={words.mark(mark.name, length(Math.floor(mark.seconds)))}
          >
            <rect x={-HEIGHT / 2} y="0" width={HEIGHT} height={HEIGHT} class="mark-reach" />
            <path class="mark-line" d={`M0 0V${HEIGHT / 2}`} />
            <circle cx="0" cy={HEIGHT / 2} r={DOT} class="mark-dot" />
          </a>
        </svg>
      ))}
    </svg>
  );
}

/** Where it is, in percent with one decimal. */
function shareOf({ seconds: at }: Mark, seconds: number): number {
  return Math.round(Math.min(1, Math.max(0, at / Math.max(1, seconds))) * 1000) / 10;
}
