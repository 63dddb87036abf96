/// <reference types="vite/types/importMeta.d.ts" />
import { nameOf, type SourceCase } from "./source-case";

const modules = import.meta.glob<{ cases?: SourceCase[] }>("./sources/*.ts", { eager: true });

/**
 * The cases of every platform, by file: adding a source adds a file and nothing here. A file may also hold what others
 * share.
 */
export const sourceCases: SourceCase[] = Object.values(modules).flatMap(({ cases = [] }) => cases);

/** The cases of one of several test files that share the work. */
export function shareOf(part: number, parts: number): SourceCase[] {
  return sourceCases
    .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
    .filter((_, index) => index % parts === part);
}
