import type { Conversation } from "../../db/schema";
import { findPii, type Finding, type Piece } from "./find";
import { PLACEHOLDERS, type PiiKind } from "./kinds";
import type { Utterance } from "./tokens";

type Line = { lane: string; text: string };

/** What is to be masked, with the words that it stands in. */
export function wantedIn(utterances: readonly Utterance[], kinds: readonly PiiKind[]): Finding[] {
  return kinds.length === 0 ? [] : findPii(utterances).filter(({ kind }) => kinds.includes(kind));
}

/** The parts of findings in each utterance, from the first word to the last. */
export function piecesByUtterance(found: readonly Finding[]): ReadonlyMap<number, (Piece & { kind: PiiKind })[]> {
  const pieces = found.flatMap(({ kind, pieces: own }) => own.map((piece) => ({ ...piece, kind })));
  return Map.groupBy(
    pieces.toSorted((one, other) => one.from - other.from),
    ({ utterance }) => utterance,
  );
}

const WORD = /\S+/g;

/** Lines with what is to be masked masked. Everything else of them stays as it is, letter by letter. */
function maskLines(lines: readonly Line[], kinds: readonly PiiKind[]): string[] {
  const utterances = lines.map(({ lane, text }) => ({ lane, words: text.match(WORD) ?? [] }));
  const byLine = piecesByUtterance(wantedIn(utterances, kinds));
  return lines.map(({ text }, at) => {
    const pieces = byLine.get(at);
    if (!pieces) return text;
    const places = [...text.matchAll(WORD)].map(({ index, 0: word }) => ({ from: index, to: index + word.length }));
    let [masked, end] = ["", 0];
    for (const { kind, from, to } of pieces) {
      masked += text.slice(end, places[from]?.from ?? end) + PLACEHOLDERS[kind];
      end = places[to - 1]?.to ?? end;
    }
    return masked + text.slice(end);
  });
}

/** "Agent: …" names who speaks. */
const SPEAKER = /^\s*([\p{L}\p{N}][\p{L}\p{N} ._-]{0,40}):/u;

/** A text of any lines with what is to be masked masked. Lines that begin with a name and a colon are that speaker's. */
export function maskText(text: string, kinds: readonly PiiKind[]): string {
  if (kinds.length === 0) return text;
  const lines = text.split("\n").map((line) => ({ lane: SPEAKER.exec(line)?.[1] ?? "", text: line }));
  return maskLines(lines, kinds).join("\n");
}

/** Every text in a value of JSON, names of fields left as they are, masked each by itself. */
export function maskValue(value: unknown, kinds: readonly PiiKind[]): unknown {
  if (typeof value === "string") return maskText(value, kinds);
  if (Array.isArray(value)) return value.map((one) => maskValue(one, kinds));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskValue(one, kinds)]));
}

/** What a platform sent of a conversation, masked: its messages as one conversation, the rest each by itself. */
export function maskConversation(conversation: Conversation, kinds: readonly PiiKind[]): Conversation {
  if (kinds.length === 0) return conversation;
  const { summary, transcript, timeline, actionResults } = conversation;
  const said = timeline.map(({ kind, speaker, text }) => ({ lane: kind === "message" ? `${speaker}` : kind, text }));
  const texts = maskLines(said, kinds);
  return {
    ...conversation,
    summary: summary && maskText(summary, kinds),
    transcript: transcript && maskText(transcript, kinds),
    timeline: timeline.map((entry, at) => ({ ...entry, text: texts[at] ?? "" })),
    actionResults: actionResults.map((one) => maskValue(one, kinds)),
  };
}
