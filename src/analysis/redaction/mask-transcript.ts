import type { Transcript } from "../transcription/transcript";
import { FINDER_VERSION, type Finding } from "./find";
import { PLACEHOLDERS, type PiiKind } from "./kinds";
import { piecesByUtterance, wantedIn } from "./mask";

type MaskedSpan = NonNullable<Transcript["redaction"]>["spans"][number];

/**
 * A transcript as it may be handed on: one word with the name of its kind in place of the words that it was said in, with
 * their time. It says which kinds were looked for, and where each was found, before too where it was masked already.
 */
export function maskTranscript(whole: Transcript, kinds: readonly PiiKind[]): Transcript {
  const utterances = whole.segments.map(({ channel, words }) => ({
    lane: String(channel),
    words: words.map(([text]) => text),
  }));
  const found = wantedIn(utterances, kinds);
  const bySegment = piecesByUtterance(found);
  const segments = whole.segments.map((segment, at) => {
    const pieces = bySegment.get(at) ?? [];
    const words = segment.words.flatMap((word, place) => {
      const piece = pieces.find(({ from, to }) => from <= place && place < to);
      if (!piece) return [word];
      if (piece.from !== place) return [];
      const last = segment.words[piece.to - 1] ?? word;
      return [[PLACEHOLDERS[piece.kind], word[1], Math.max(word[2], last[2]), null] satisfies typeof word];
    });
    return { ...segment, words };
  });
  // What was masked before has no words any more in which it could be found again.
  const before = whole.redaction?.spans ?? [];
  const spans = [...before, ...found.flatMap((one) => spansOf(whole, one))];
  const redaction = { version: FINDER_VERSION, kinds: [...kinds], spans };
  return { ...whole, segments, redaction };
}

/** Where something was said: one span for each segment it is in. */
function spansOf(whole: Transcript, { kind, rule, sure, pieces }: Finding): MaskedSpan[] {
  return pieces.flatMap(({ utterance, from, to }) => {
    const segment = whole.segments[utterance];
    const words = segment?.words.slice(from, to) ?? [];
    if (!segment || words.length === 0) return [];
    const [start, end] = [Math.min(...words.map((word) => word[1])), Math.max(...words.map((word) => word[2]))];
    // Some servers give no times of words, only of what they are in.
    const isTimed = end > start;
    return [
      {
        kind,
        rule,
        sure,
        channel: segment.channel,
        start: isTimed ? start : segment.start,
        end: isTimed ? end : segment.end,
      },
    ];
  });
}
