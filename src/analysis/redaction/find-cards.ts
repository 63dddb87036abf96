import { isCard } from "./checks";
import { boundsOf, digitsOf, isAbout, isMoney, note, piecesOf, topicAt, type Look } from "./look";
import { readingsOf, windowsOf, type Run, type Window } from "./runs";

/** The shortest and the longest number of a card (ISO/IEC 7812). */
const [LEAST, MOST] = [12, 19];
/** Words that belong neither to the digits nor to what is said in passing, within one number. */
const MOST_OTHERS = 5;
/** Of a number that is called a card's and has no right sum, because a digit was misheard or not said. */
const LEAST_NAMED = 8;
/** Tokens before a number in which "order number" keeps a right sum from being a card's: one order in ten has one. */
const NEAR_OTHER = 12;
/** Tokens in which a card was spoken of where "expires" means it. */
const NEAR_CARD = 60;
const NEAR_CODE = 15;

/** Numbers of cards by their first digits, length and sum, and those that are called so; with their codes and expiries. */
export function findCards(look: Look): void {
  const cards = look.runs.flatMap((run) => findChecked(look, run));
  for (const run of look.runs) findParts(look, run, cards);
  for (const run of look.runs) {
    for (const piece of piecesOf(look, run)) {
      const { from, to } = boundsOf(piece);
      const length = digitsOf(piece).length;
      if (length >= LEAST_NAMED && length <= MOST + 9 && topicAt(look, from) === "card" && !isMoney(look, from, to))
        note(look, { kind: "card_number", from, to, rule: "card_named", sure: 0.7 });
    }
  }
  findCodes(look);
}

/** Gives the numbers that were found. */
function findChecked(look: Look, run: Run): string[] {
  const cards: string[] = [];
  for (const reading of readingsOf(run)) {
    const right = [...windowsOf(reading, LEAST, MOST)].filter(
      ({ gap, digits }) => gap <= MOST_OTHERS && isCard(digits),
    );
    for (const { digits, from, to, last } of right.toSorted((one, other) => oddness(one) - oddness(other))) {
      if (isOther(look, from)) continue;
      if (!note(look, { kind: "card_number", from, to, rule: "card_checked", sure: 0.98 })) continue;
      cards.push(digits);
      noteRest(look, reading.slice(last + 1));
    }
  }
  return cards;
}

/** More digits of a card than everybody may know, the last four. */
const LEAST_PART = 5;

/** A part of a number that is found elsewhere in the call: somebody begins anew, or repeats it. */
function findParts(look: Look, run: Run, cards: readonly string[]): void {
  if (cards.length === 0) return;
  for (const { digits, from, to, gap } of windowsOf(run, LEAST_PART, MOST - 1))
    if (gap <= MOST_OTHERS && cards.some((card) => card.includes(digits)))
      note(look, { kind: "card_number", from, to, rule: "card_part", sure: 0.8 });
}

/** One window in ten has a right sum by chance: those without other words in them count first, and usual lengths. */
function oddness({ digits, gap }: Window): number {
  return gap * 2 + (digits.length === 16 || digits.length === 15 ? 0 : 1);
}

function isOther(look: Look, from: number): boolean {
  const topic = topicAt(look, from, NEAR_OTHER);
  return topic !== undefined && topic !== "card" && topic !== "expiry" && topic !== "code";
}

/** What is read out right after the number: month and year, then the code. */
function noteRest(look: Look, rest: Run): void {
  let left = rest.filter(({ gap }, at) => at > 0 || gap <= 2);
  if (left.length !== rest.length) return;
  const expiry = headOf(left, [4, 6], (digits) => /^(0[1-9]|1[0-2])(20)?[2-4]\d$/.test(digits));
  if (expiry.length > 0) {
    note(look, { kind: "card_expiry", ...boundsOf(expiry), rule: "after_card", sure: 0.7 });
    left = left.slice(expiry.length);
  }
  const code = headOf(left, [3, 4], () => true);
  if (code.length > 0 && code.length === left.length)
    note(look, { kind: "card_code", ...boundsOf(code), rule: "after_card", sure: 0.6 });
}

/** The first numbers that have so many digits together and are right; none where there are none. */
function headOf(run: Run, lengths: readonly number[], isRight: (digits: string) => boolean): Run {
  for (let end = 1; end <= run.length; end += 1) {
    const head = run.slice(0, end);
    const digits = digitsOf(head);
    if (lengths.includes(digits.length) && isRight(digits)) return head;
  }
  return [];
}

/** Three or four digits where a security code is spoken of. */
function findCodes(look: Look): void {
  for (const run of look.runs) {
    for (const piece of piecesOf(look, run)) {
      const { from } = boundsOf(piece);
      const topic = topicAt(look, from, NEAR_CODE);
      const isNamed = topic === "code" || (topic === "card" && isAbout(look, from, ["code"], NEAR_CODE));
      if (!isNamed) continue;
      const code =
        digitsOf(piece).length <= 4 ? headOf(piece, [digitsOf(piece).length], isCode) : headOf(piece, [3], isCode);
      if (code.length > 0) note(look, { kind: "card_code", ...boundsOf(code), rule: "code_named", sure: 0.85 });
    }
  }
}

function isCode(digits: string): boolean {
  return /^\d{3,4}$/.test(digits);
}

/** Whether a card is spoken of near a place, so that "expires" is about it. */
export function isNearCard(look: Look, at: number): boolean {
  return (
    isAbout(look, at, ["card", "code"], NEAR_CARD) ||
    look.hits.some(({ kind, from, to }) => kind === "card_number" && from - 20 <= at && at - to <= NEAR_CARD)
  );
}
