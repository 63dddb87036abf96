import type { AcousticFindings } from "./contract";

/**
 * The shape of a conversation, small enough to be in every row of a list. Each column is an equal part of the
 * recording, and a share is how much of it is speech, in fifteenths. Where the parties have channels of their own, the
 * shares are the operator's and the customer's; where one channel carries everyone, whose speech it is is unknown.
 */
export type TalkStrip =
  | { parties: "apart"; operator: readonly number[]; customer: readonly number[] }
  | { parties: "together"; anyone: readonly number[] };

export const MOST_COLUMNS = 132;
/** A share of speech is 0 to this. */
export const WHOLE = 15;

/** Milliseconds. A column of a short recording is no narrower: less would show syllables. */
const NARROWEST = 100;

type Heard = Pick<AcousticFindings, "durationSeconds" | "channels">;

/** `operatorChannel` is the recording's channel that carries the operator; all others are the customer's. */
export function talkStripOf({ durationSeconds, channels }: Heard, operatorChannel: number): TalkStrip | null {
  const length = Math.round(durationSeconds * 1000);
  if (length === 0 || channels.length === 0) return null;
  const columns = Math.min(MOST_COLUMNS, Math.max(1, Math.floor(length / NARROWEST)));
  const sharesOf = (heard: Heard["channels"]) => shares(heard, length, columns);
  if (channels.length === 1) return { parties: "together", anyone: sharesOf(channels) };
  return {
    parties: "apart",
    operator: sharesOf(channels.filter(({ channel }) => channel === operatorChannel)),
    customer: sharesOf(channels.filter(({ channel }) => channel !== operatorChannel)),
  };
}

function shares(channels: Heard["channels"], length: number, columns: number): number[] {
  const width = length / columns;
  const speech = Array.from({ length: columns }, () => 0);
  for (const [start, end] of merged(channels.flatMap(({ segments }) => segments))) {
    for (let column = Math.floor(start / width); column < columns && column * width < end; column += 1) {
      const within = Math.min(end, (column + 1) * width) - Math.max(start, column * width);
      speech[column] = (speech[column] ?? 0) + Math.max(0, within);
    }
  }
  // The least speech is seen, and only a column full of it looks full.
  return speech.map((milliseconds) => {
    const share = Math.min(1, milliseconds / width);
    return share > 0 ? Math.max(1, Math.floor(share * WHOLE + 1e-6)) : 0;
  });
}

/** Segments of several channels as one voice's: those that overlap count once. */
function merged(segments: readonly (readonly [number, number])[]): [number, number][] {
  const voice: [number, number][] = [];
  for (const [start, end] of segments.toSorted(([one], [other]) => one - other)) {
    const last = voice.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else voice.push([start, end]);
  }
  return voice;
}

/** As the call's row holds it: a letter for the form, and a byte for each column in base64; at most 177 characters. */
export function packTalkStrip(strip: TalkStrip): string {
  const bytes =
    strip.parties === "together"
      ? strip.anyone
      : strip.operator.map((share, column) => share * 16 + (strip.customer[column] ?? 0));
  return (strip.parties === "together" ? "t" : "a") + btoa(String.fromCharCode(...bytes));
}

/** Null for a text that is none, which a later version may have written. */
export function unpackTalkStrip(packed: string | null): TalkStrip | null {
  const [, form, encoded] = /^([at])([A-Za-z0-9+/]+={0,2})$/.exec(packed ?? "") ?? [];
  if (form === undefined || encoded === undefined || encoded.length % 4 !== 0) return null;
  const bytes = Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  if (form === "t") return { parties: "together", anyone: bytes.map((byte) => byte & 15) };
  return { parties: "apart", operator: bytes.map((byte) => byte >> 4), customer: bytes.map((byte) => byte & 15) };
}
