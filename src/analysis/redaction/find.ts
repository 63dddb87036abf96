import { findAccounts } from "./find-accounts";
import { findCards } from "./find-cards";
import { findContacts } from "./find-contacts";
import { findDates } from "./find-dates";
import type { PiiKind } from "./kinds";
import { lookAt, type Hit, type Look } from "./look";
import type { Utterance } from "./tokens";

/** Consecutive words of one utterance: [from, to). */
export type Piece = { utterance: number; from: number; to: number };

/** Something that a call may not hand on: its kind, the rule that found it, how sure that is (0 to 1), and its words. */
export type Finding = { kind: PiiKind; rule: string; sure: number; pieces: Piece[] };

/** Raised where something else is found in the same words: transcripts name the version that masked them. */
export const FINDER_VERSION = "1";

/**
 * What is said that names a card, an account, a person: in the order in which it is said. Words of one speaker are read as
 * one text, so that a number is found although others speak in between; what it is called counts whoever says it.
 */
export function findPii(utterances: readonly Utterance[]): Finding[] {
  const look = lookAt(utterances);
  findCards(look);
  findAccounts(look);
  findDates(look);
  findContacts(look);
  return look.hits.toSorted((one, other) => one.from - other.from).map((hit) => findingOf(look, hit));
}

function findingOf(look: Look, { kind, rule, sure, from, to }: Hit): Finding {
  const lane = look.tokens[from]?.lane;
  const said = look.tokens.slice(from, to).filter((token) => token.lane === lane);
  const pieces = [...Map.groupBy(said, ({ utterance }) => utterance)].map(([utterance, tokens]) => {
    const words = tokens.map(({ word }) => word);
    return { utterance, from: Math.min(...words), to: Math.max(...words) + 1 };
  });
  return { kind, rule, sure, pieces };
}
