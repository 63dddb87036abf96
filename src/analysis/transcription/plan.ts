import type { ChannelFindings } from "../contract";

/**
 * A stretch of a channel that is sent in one request, in milliseconds of the recording. Of its words those count whose
 * middle is in [keepFrom, keepTo): where a piece had to be cut in speech, it overlaps with the next.
 */
export type Piece = { channel: number; start: number; end: number; keepFrom: number; keepTo: number };

/** Silence that is sent around speech: engines hear a word better that does not begin at once. */
const MARGIN = 200;
/** Speech with no longer pause than this stays in one piece, if it fits: context helps engines. */
const JOIN = 2_000;
/** What two pieces have in common where speech itself is cut. */
const OVERLAP = 1_000;
/** Less speech than this is no word. */
const SHORTEST = 120;

type Heard = Pick<ChannelFindings, "channel" | "segments">;

/** The speech of a recording in pieces of at most `seconds`, cut at silences, in the order in which they begin. */
export function planPieces(channels: readonly Heard[], durationMs: number, seconds: number): Piece[] {
  const most = seconds * 1000 - 2 * MARGIN;
  const pieces = channels.flatMap(({ channel, segments }) =>
    joined(segments, most).flatMap(([start, end]) => cut(channel, start, end, most)),
  );
  return pieces
    .map((piece) => ({
      ...piece,
      start: Math.max(0, piece.start - MARGIN),
      end: Math.min(durationMs, piece.end + MARGIN),
    }))
    .toSorted((one, other) => one.start - other.start || one.channel - other.channel);
}

function joined(segments: Heard["segments"], most: number): [number, number][] {
  const spans: [number, number][] = [];
  for (const [start, end] of segments) {
    if (end - start < SHORTEST) continue;
    const last = spans.at(-1);
    if (last && start - last[1] <= JOIN && end - last[0] <= most) last[1] = end;
    else spans.push([start, end]);
  }
  return spans;
}

function cut(channel: number, start: number, end: number, most: number): Piece[] {
  if (end - start <= most) return [{ channel, start, end, keepFrom: start - MARGIN, keepTo: end + MARGIN }];
  const step = most - OVERLAP;
  const count = Math.ceil((end - start - OVERLAP) / step);
  return Array.from({ length: count }, (_, at) => {
    const [from, to] = [start + at * step, Math.min(end, start + at * step + most)];
    return {
      channel,
      start: from,
      end: to,
      keepFrom: at === 0 ? from - MARGIN : from + OVERLAP / 2,
      keepTo: at === count - 1 ? to + MARGIN : to - OVERLAP / 2,
    };
  });
}

/** How much is sent, in milliseconds. */
export function soundOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0);
}
