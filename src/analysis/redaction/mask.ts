import type { Conversation } from "../../db/schema";
import { findPii, type Finding, type Piece } from "./find";
import { PLACEHOLDERS, type PiiKind } from "./kinds";
import { boundsOf, digitsOf, lookAt, piecesOf } from "./look";
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

/** In a fragment, of a number as much as anybody may know: four digits. */
const MOST_SHOWN = 4;
const REDACTED = "[redacted]";

/**
 * A piece of a conversation that was cut out of it, such as a quote: what says what its numbers are may be missing in it, so
 * every number of more than four digits is masked, besides what is found in it.
 */
export function maskFragment(text: string, kinds: readonly PiiKind[]): string {
  if (kinds.length === 0) return text;
  const masked = maskText(text, kinds);
  const words = masked.match(WORD) ?? [];
  const look = lookAt([{ lane: "", words }]);
  const long = look.runs.flatMap((run) => piecesOf(look, run)).filter((run) => digitsOf(run).length > MOST_SHOWN);
  const hidden = new Set(
    long.flatMap((run) => {
      const { from, to } = boundsOf(run);
      return look.tokens.slice(from, to).map(({ word }) => word);
    }),
  );
  if (hidden.size === 0) return masked;
  const shown = words.flatMap((word, at) => (hidden.has(at) ? (hidden.has(at - 1) ? [] : [REDACTED]) : [word]));
  return shown.join(" ");
}

/** Every text under these names in a value of JSON, masked by `mask`. */
export function maskNamed<T>(value: T, names: ReadonlySet<string>, mask: (text: string) => string): T {
  const walk = (one: unknown, isNamed: boolean): unknown => {
    if (typeof one === "string") return isNamed ? mask(one) : one;
    if (Array.isArray(one)) return one.map((item) => walk(item, isNamed));
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, item]) => [name, walk(item, isNamed || names.has(name))]),
    );
  };
  return walk(value, false) as T;
}

/** Where scores, alerts and events hold pieces of what was said, and what a model says of it. */
const QUOTES: ReadonlySet<string> = new Set(["quote", "why", "explanation", "said", "about"]);

/** The quotes in scores, alerts or events, masked, those in the sentences of evidence, and what a platform's reviewers wrote. */
export function maskQuotes<T>(value: T, kinds: readonly PiiKind[]): T {
  if (kinds.length === 0) return value;
  const quoted = maskNamed(value, QUOTES, (text) => maskFragment(text, kinds));
  return maskSentences(quoted, kinds) as T;
}

/** What reviewers of a platform wrote beside its findings. */
const NOTES: ReadonlySet<string> = new Set(["note"]);

/** What a platform found of a call, as it told it or as it is stored, masked: its sentences are about what was said. */
export function maskFound<T>(found: T, kinds: readonly PiiKind[]): T {
  if (kinds.length === 0) return found;
  return maskNamed(maskQuotes(found, kinds), NOTES, (text) => maskFragment(text, kinds));
}

/** What a rule said, as `weigh.ts` begins its sentences. */
const OF_RULE = / \(\+\d+\): /;
/** Where `sentence.ts` has what was said. */
const SAID = /“[^”]*”/g;

/**
 * Lists of sentences under `evidence`: in those of rules what was said is between quotation marks, and the rest is the
 * rule's own words, numbers that were dialled among them; those of platforms are masked as a whole.
 */
function maskSentences(value: unknown, kinds: readonly PiiKind[], isEvidence = false): unknown {
  if (typeof value === "string") {
    if (!isEvidence) return value;
    return OF_RULE.test(value) ? value.replace(SAID, (said) => maskFragment(said, kinds)) : maskFragment(value, kinds);
  }
  if (Array.isArray(value)) return value.map((one) => maskSentences(one, kinds, isEvidence && typeof one === "string"));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === "platform_reviews"
        ? maskNamed(one, NOTES, (text) => maskFragment(text, kinds))
        : maskSentences(one, kinds, name === "evidence" && Array.isArray(one)),
    ]),
  );
}

/** Where post-call actions hold what servers and engines answered. */
const ANSWERS: ReadonlySet<string> = new Set(["result", "reason"]);

/** What came of post-call actions, masked: answers are about what was said, and may repeat it. */
export function maskAnswers<T>(value: T, kinds: readonly PiiKind[]): T {
  return maskValuesNamed(value, ANSWERS, kinds);
}

/** Every text and number under these names in a value of JSON, masked each by itself. */
export function maskValuesNamed<T>(value: T, names: ReadonlySet<string>, kinds: readonly PiiKind[]): T {
  if (kinds.length === 0) return value;
  const walk = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, item]) => [name, names.has(name) ? maskValue(item, kinds) : walk(item)]),
    );
  };
  return walk(value) as T;
}

/** Every text and number in a value of JSON, names of fields left as they are, masked each by itself. */
export function maskValue(value: unknown, kinds: readonly PiiKind[]): unknown {
  if (kinds.length === 0) return value;
  if (typeof value === "string") return maskText(value, kinds);
  if (typeof value === "number") {
    const written = String(value);
    const masked = maskText(written, kinds);
    return masked === written ? value : masked;
  }
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
