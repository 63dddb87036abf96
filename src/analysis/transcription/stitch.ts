import type { Findings } from "../contract";
import { pieceKey, type Progress } from "./progress";
import type { Piece } from "./plan";
import { segmentsOf, type Speaker, type Transcript } from "./transcript";

type Subject = { findings: Pick<Findings, "channels">; operatorChannel: number | null; language: string | null };

/** The words of all pieces as one transcript. Of what two pieces have in common each word is in one of them. */
export function stitch(pieces: readonly Piece[], progress: Progress, subject: Subject): Transcript {
  const words: Parameters<typeof segmentsOf>[0][number][] = [];
  const gaps: Transcript["gaps"] = [];
  const languages = new Map<string, number>();
  for (const piece of pieces) {
    const outcome = progress.get(pieceKey(piece));
    if (!outcome) continue;
    if ("gap" in outcome) {
      gaps.push({ channel: piece.channel, start: piece.start, end: piece.end, reason: outcome.gap });
      continue;
    }
    if (outcome.language) languages.set(outcome.language, (languages.get(outcome.language) ?? 0) + 1);
    for (const { text, start, end, sure } of outcome.words) {
      const [from, to] = [piece.start + start, piece.start + end];
      const middle = (from + to) / 2;
      if (middle >= piece.keepFrom && middle < piece.keepTo)
        words.push({ channel: piece.channel, word: [text, Math.round(from), Math.round(to), sure] });
    }
  }
  const [likeliest] = [...languages].toSorted(([, one], [, other]) => other - one);
  return {
    kind: "transcript",
    language: likeliest?.[0] ?? subject.language,
    channels: subject.findings.channels.map(({ channel }) => ({
      channel,
      speaker: speakerAt(channel, subject.operatorChannel),
    })),
    segments: segmentsOf(words),
    gaps,
  };
}

function speakerAt(channel: number, operatorChannel: number | null): Speaker {
  if (operatorChannel === null) return null;
  return channel === operatorChannel ? "operator" : "customer";
}
