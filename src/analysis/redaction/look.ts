import { mentionsIn, nearestBefore, type Mention, type Topic } from "./context";
import type { PiiKind } from "./kinds";
import { runsIn, type Run } from "./runs";
import { tokensOf, type Token, type Utterance } from "./tokens";

/** Something found: the tokens [from, to) of one lane, by which rule, and how sure that is, from 0 to 1. */
export type Hit = { kind: PiiKind; from: number; to: number; rule: string; sure: number };

/** What was said, looked at once for all that looks for something in it. */
export type Look = {
  tokens: readonly Token[];
  mentions: readonly Mention[];
  runs: readonly Run[];
  hits: Hit[];
};

export function lookAt(utterances: readonly Utterance[]): Look {
  const tokens = tokensOf(utterances);
  return { tokens, mentions: mentionsIn(tokens), runs: runsIn(tokens), hits: [] };
}

/** Notes a hit unless some of its words have been found to be something else. Gives whether it was noted. */
export function note(look: Look, hit: Hit): boolean {
  const lane = look.tokens[hit.from]?.lane;
  const isTaken = look.hits.some(
    (one) => look.tokens[one.from]?.lane === lane && one.from < hit.to && hit.from < one.to,
  );
  if (!isTaken) look.hits.push(hit);
  return !isTaken;
}

/** Tokens before a number in which words say what it is. */
export const NEAR = 20;

/** All that a number can be said to be. */
const TOPICS: readonly Topic[] = [
  "card",
  "code",
  "expiry",
  "account",
  "routing",
  "dni",
  "ssn",
  "rut",
  "birth",
  "phone",
  "other",
];

/** What the words before a place say that comes there. */
export function topicAt(look: Look, at: number, within = NEAR): Topic | undefined {
  return nearestBefore(look.mentions, at, TOPICS, within)?.topic;
}

/** Whether one of these topics was spoken of before a place. */
export function isAbout(look: Look, at: number, topics: readonly Topic[], within = NEAR): boolean {
  return nearestBefore(look.mentions, at, topics, within) !== undefined;
}

/** Whether an amount of money ends at a place: "forty-five thousand pesos". */
export function isMoney(look: Look, from: number, to: number): boolean {
  const lane = look.tokens[from]?.lane;
  return look.mentions.some(
    (one) => one.topic === "money" && one.from >= to && one.from - to <= 2 && look.tokens[one.from]?.lane === lane,
  );
}

/** The places of the tokens that one speaker says from a place on, that place left out. */
export function* after(look: Look, at: number, most: number): Generator<number> {
  const lane = look.tokens[at]?.lane;
  let seen = 0;
  for (let place = at + 1; place < look.tokens.length && seen < most; place += 1) {
    if (look.tokens[place]?.lane !== lane) continue;
    seen += 1;
    yield place;
  }
}

/** Likewise backwards. */
export function* before(look: Look, at: number, most: number): Generator<number> {
  const lane = look.tokens[at]?.lane;
  let seen = 0;
  for (let place = at - 1; place >= 0 && seen < most; place -= 1) {
    if (look.tokens[place]?.lane !== lane) continue;
    seen += 1;
    yield place;
  }
}

/**
 * A run in the pieces that other words keep apart, of the speaker or of whoever asks for the next number: what is said of one
 * number is true of one piece only.
 */
export function piecesOf(look: Look, run: Run): Run[] {
  const strong = run.filter(({ isWeak }) => !isWeak);
  return strong.reduce<Run[]>((pieces, spoken) => {
    const last = pieces.at(-1);
    const end = last?.at(-1)?.to;
    if (last && end !== undefined && spoken.gap < 2 && !isNamedBetween(look, end, spoken.from)) last.push(spoken);
    else pieces.push([spoken]);
    return pieces;
  }, []);
}

/** Whether anybody says between two places what comes next. */
export function isNamedBetween(look: Look, from: number, to: number): boolean {
  return to > from && (nearestBefore(look.mentions, to, TOPICS, to - from)?.from ?? -1) >= from;
}

/** The digits of numbers, one after the other. */
export function digitsOf(run: Run): string {
  return run.map(({ digits }) => digits).join("");
}

/** Where numbers begin and end among the tokens. */
export function boundsOf(run: Run): { from: number; to: number } {
  return { from: run[0]?.from ?? 0, to: run.at(-1)?.to ?? 0 };
}
