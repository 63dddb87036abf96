import { judgeFile } from "./judge-file";
import { isNaming, readName } from "./naming";

/** What a name of a file would come to: whether it is of the patterns, and what it gives of the call. */
export type TriedName = { name: string; isTaken: boolean; fields: Record<string, string> };

/** Tries names of files, as they lie in the import path, on rules that are not saved. Null where the naming is none. */
export function tryNames(
  { naming, patterns }: { naming: string; patterns: readonly string[] },
  names: readonly string[],
): TriedName[] | null {
  if (naming !== "" && !isNaming(naming)) return null;
  return names.map((name) => {
    const path = name.replace(/^\/+/, "");
    const isTaken = judgeFile({ name: path, version: "", size: 1, modifiedAt: null }, path, patterns).kind === "take";
    return { name, isTaken, fields: Object.fromEntries(readName(naming === "" ? null : naming, path)) };
  });
}
