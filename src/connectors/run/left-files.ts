import type { LeftFiles } from "../../db/schema";
import type { ConnectorRow } from "../config/connector";
import type { FoundFile } from "../contract";

/** Names that are kept of each reason, and the longest of them in UTF-16 units: who looks for more looks into the storage. */
const MOST_NAMES = 10;
const LONGEST_NAME = 300;

/** A file that is left without being refused. Its name is "" where it must not be told: its call was erased. */
export type LeftFile = { why: keyof LeftFiles; name: string };

/**
 * What a look has left so far: nothing where it lists everything from the beginning; else what was left before, by its turns until
 * now or, where a storage tells changes alone, by all looks since everything was listed.
 */
export function leftSoFar({ leftFiles }: Pick<ConnectorRow, "leftFiles">, isFromBeginning: boolean): LeftFiles {
  const before = isFromBeginning ? null : leftFiles;
  return {
    empty: { count: before?.empty.count ?? 0, names: [...(before?.empty.names ?? [])] },
    taken: { count: before?.taken.count ?? 0, names: [...(before?.taken.names ?? [])] },
  };
}

/** Counts what is left of a page of the list. What was left before and is named again is judged anew. */
export function countLeft(left: LeftFiles, listed: readonly FoundFile[], found: readonly LeftFile[]): void {
  const names = new Set(listed.map(({ name }) => shortOf(name)));
  for (const one of [left.empty, left.taken]) {
    const others = one.names.filter((name) => !names.has(name));
    one.count -= one.names.length - others.length;
    one.names = others;
  }
  for (const { why, name } of found) {
    const one = left[why];
    one.count += 1;
    if (name !== "" && one.names.length < MOST_NAMES) one.names.push(shortOf(name));
  }
}

/** Whether files lie there that were left so. */
export function isAnyLeft(left: LeftFiles | null): left is LeftFiles {
  return left !== null && left.empty.count + left.taken.count > 0;
}

function shortOf(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
