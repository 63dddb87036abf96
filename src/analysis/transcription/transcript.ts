import { z } from "zod";
import { piiKind } from "../redaction/kinds";

const ms = z.number().int().nonnegative();

/** `[text, start, end, sure]`: times in milliseconds of the recording; `sure` 0 to 1, null where it is not known. */
const word = z.tuple([z.string(), ms, ms, z.number().nullable()]);

const speaker = z.enum(["operator", "customer"]).nullable();

/** What an engine understood of a recording. */
export const transcript = z.object({
  kind: z.literal("transcript"),
  language: z.string().nullable(),
  /** Who speaks on each channel that was heard; null where one channel carries everyone. */
  channels: z.array(z.object({ channel: z.number().int().nonnegative(), speaker })),
  /** Words of one speaker without a long pause, in the order in which they began. */
  segments: z.array(z.object({ channel: z.number().int(), start: ms, end: ms, words: z.array(word) })),
  /** Stretches with speech of which the engine made nothing, and why. */
  gaps: z.array(z.object({ channel: z.number().int(), start: ms, end: ms, reason: z.string() })),
  /** What was looked for and masked, by which version, and where it was; absent where nothing was looked for. */
  redaction: z
    .object({
      version: z.string(),
      kinds: z.array(piiKind),
      spans: z.array(
        z.object({ kind: piiKind, rule: z.string(), sure: z.number(), channel: z.number().int(), start: ms, end: ms }),
      ),
    })
    .optional(),
});

export type Transcript = z.infer<typeof transcript>;
export type Speaker = z.infer<typeof speaker>;
export type Segment = Transcript["segments"][number];

/** Nothing is said for so long: the next words are another segment. In milliseconds. */
const PAUSE = 800;
/** A segment is no longer than a few lines. */
const MOST_WORDS = 40;

type PlacedWord = { channel: number; word: z.infer<typeof word> };

/** Words of all channels as segments. */
export function segmentsOf(words: readonly PlacedWord[]): Segment[] {
  const open = new Map<number, Segment>();
  const segments: Segment[] = [];
  for (const { channel, word: next } of words.toSorted((one, other) => one.word[1] - other.word[1])) {
    const last = open.get(channel);
    const goesOn = last && next[1] - last.end < PAUSE && last.words.length < MOST_WORDS && !interrupted(segments, last);
    if (last && goesOn) {
      last.words.push(next);
      last.end = Math.max(last.end, next[2]);
    } else {
      const segment = { channel, start: next[1], end: next[2], words: [next] };
      open.set(channel, segment);
      segments.push(segment);
    }
  }
  return segments;
}

/** How many words of somebody else end a turn; fewer are said into it, as an "aha" is. */
const TURN_WORDS = 3;

function interrupted(segments: readonly Segment[], last: Segment): boolean {
  const later = segments.slice(segments.lastIndexOf(last) + 1);
  return later.some(({ words }) => words.length >= TURN_WORDS);
}

/** The words of a segment as a text. */
export function textOf({ words }: Pick<Segment, "words">): string {
  return words.map(([text]) => text).join(" ");
}

/** Who speaks in a segment; null where that is not known. */
export function speakerOf({ channels }: Pick<Transcript, "channels">, channel: number): Speaker {
  return channels.find((one) => one.channel === channel)?.speaker ?? null;
}
