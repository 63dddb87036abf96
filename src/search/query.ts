import type { Within } from "../identity";
import { gradesBetween, RISK, scoreKind } from "./grades";
import { backwards, hasWord, idToken, tagToken, topicToken } from "./tokens";

export type SearchFilter = {
  /** Words that are said, of the operator's name, of tags; phrases in quotes; the last digits of a number. */
  text?: string;
  campaignId?: string;
  operatorId?: string;
  state?: string;
  direction?: string;
  /** Normalized. */
  tag?: string;
  /** That an engine named, in any case. */
  topic?: string;
  /** How risky a call is, 0 to 100. */
  risk?: NumberRange;
  /** Each of them holds for some channel of the call. */
  scores?: readonly (NumberRange & { name: string })[];
};

/** `from` is included, `below` is not. To a tenth. */
export type NumberRange = { from?: number; below?: number };

/** Digits that are a number someone looks for. */
const FEWEST_DIGITS = 3;
/** Letters from which on the end of a word may be left out. */
const FEWEST_LETTERS = 3;
const MOST_TERMS = 20;
const WORDS = "{operator tags words number}";

/**
 * The query of the index. Rights are part of it: it finds only what is within reach. Undefined where nothing can be
 * found: a reach of nothing, or a text without a letter or digit.
 */
export function matchOf({ organizationId, reach }: Within, filter: SearchFilter): string | undefined {
  const scope = [
    oneOf([idToken(organizationId)]),
    ...limits(reach.campaigns, filter.campaignId),
    ...limits(reach.operators, filter.operatorId),
    ...(filter.state === undefined ? [] : [quoted(`state${idToken(filter.state)}`)]),
    ...(filter.direction === undefined ? [] : [quoted(`direction${filter.direction}`)]),
    ...(filter.tag === undefined ? [] : [quoted(tagToken(filter.tag))]),
    ...(filter.topic === undefined ? [] : [quoted(topicToken(filter.topic))]),
    ...(filter.risk === undefined ? [] : [oneOf(gradesBetween(RISK, filter.risk))]),
    ...(filter.scores ?? []).map(({ name, ...range }) => oneOf(gradesBetween(scoreKind(name), range))),
  ];
  if (scope.includes(undefined)) return undefined;
  const terms = filter.text === undefined ? [] : termsOf(filter.text);
  if (filter.text !== undefined && terms.length === 0) return undefined;
  return [`scope : (${scope.join(" AND ")})`, ...terms].join(" AND ");
}

/** What is reached, and what is asked for among it; undefined for nothing. */
function limits(reached: readonly string[] | null, wanted: string | undefined): (string | undefined)[] {
  return [
    ...(reached === null ? [] : [oneOf(reached.map(idToken))]),
    ...(wanted === undefined ? [] : [oneOf([idToken(wanted)])]),
  ];
}

function oneOf(tokens: readonly string[]): string | undefined {
  const words = tokens.filter((token) => token !== "").map(quoted);
  return words.length === 0 ? undefined : `(${words.join(" OR ")})`;
}

/** Whatever stands in a text, in quotes it is words of the index and no operator of its query. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function termsOf(text: string): string[] {
  if (isNumber(text)) return [numberOf(text)];
  const parts = [...text.matchAll(/"([^"]*)"?|([^\s"]+)/g)].slice(0, MOST_TERMS);
  return parts.flatMap(([, phrase, word = ""]) => {
    if (phrase !== undefined) return hasWord(phrase) ? [`${WORDS} : ${quoted(phrase)}`] : [];
    if (!hasWord(word)) return [];
    const isPrefix = word.length >= FEWEST_LETTERS;
    const said = `${WORDS} : ${quoted(word)}${isPrefix ? " *" : ""}`;
    return [isNumber(word) ? `(${numberOf(word)} OR ${said})` : said];
  });
}

function isNumber(text: string): boolean {
  return text.replace(/\D/g, "").length >= FEWEST_DIGITS && !/\p{L}/u.test(text) && !text.includes('"');
}

function numberOf(text: string): string {
  return `number : ${quoted(backwards(text))} *`;
}
