import type { Transcript } from "../transcription/transcript";

/** A stretch of a recording, [start, end) in milliseconds. */
export type Span = [number, number];

/**
 * Muted on either side of what was said: engines place words to some 200 ms, and the beginning and the end of a number give
 * it away.
 */
const MARGIN = 300;
/** A stretch this short between two that are muted is muted too: between the digits of one number. */
const BRIDGE = 700;

/** Stretches in order, with their margins, where they touch or nearly touch as one. */
export function joined(spans: readonly Span[], { margin = MARGIN, bridge = BRIDGE } = {}): Span[] {
  const wide = spans
    .map(([start, end]): Span => [Math.max(0, Math.floor(start - margin)), Math.ceil(end + margin)])
    .toSorted((one, other) => one[0] - other[0]);
  const out: Span[] = [];
  for (const [start, end] of wide) {
    const last = out.at(-1);
    if (last && start - last[1] <= bridge) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

/**
 * Where a recording is muted for the sake of a transcript: on all channels, since one party is heard on the other's line.
 * Speech of which an engine made nothing is muted too: nobody knows what was said.
 */
export function mutedBy({ redaction, gaps }: Pick<Transcript, "redaction" | "gaps">): Span[] {
  return [...(redaction?.spans ?? []), ...gaps].map(({ start, end }) => [start, end]);
}
