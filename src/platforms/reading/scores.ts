import type { PlatformScores } from "../../calls";
import { toText } from "./coerce";

/** More than any engine gives a channel. */
const MOST_SCORES = 60;
const LONGEST_NAME = 60;
/** Scores are small numbers; what is beyond is an id or a fault. */
const HIGHEST = 1e9;

/** A score: a number, or one as the text that a template in quotes makes of it; undefined for anything else. */
export function readScore(value: unknown): number | undefined {
  const number = typeof value === "number" ? value : readNumber(value);
  return number !== undefined && Math.abs(number) <= HIGHEST ? number : undefined;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = toText(value) ?? "";
  return /^-?\d{1,10}([.,]\d{1,20})?$/.test(text) ? Number(text.replace(",", ".")) : undefined;
}

/** The numbers among these, under their names; what is none, or has no name that could be one, is left out. */
export function readScores(entries: Iterable<readonly [name: string, value: unknown]>): PlatformScores["scores"] {
  const kept: [string, number][] = [];
  for (const [given, value] of entries) {
    const name = toText(given, LONGEST_NAME + 1) ?? "";
    const score = readScore(value);
    if (score === undefined || name === "" || name.length > LONGEST_NAME || name === "__proto__") continue;
    if (kept.length === MOST_SCORES) break;
    kept.push([name, score]);
  }
  return Object.fromEntries(kept);
}
