import { formatOf, sidecar as sidecarSchema, type SidecarRule } from "../sidecar/rule";
import { sidecarFields } from "../sidecar/values";
import { judgeFile } from "./judge-file";
import { isNaming, readName } from "./naming";

/** What a name of a file would come to: whether it is of the patterns, and what it gives of the call. */
export type TriedName = { name: string; isTaken: boolean; fields: Record<string, string> };

type TriedRules = { naming: string; patterns: readonly string[]; sidecar: SidecarRule | null };

/** Tries names of files, as they lie in the import path, on rules that are not saved. Null where the naming is none. */
export function tryNames({ naming, patterns, sidecar }: TriedRules, names: readonly string[]): TriedName[] | null {
  if (naming !== "" && !isNaming(naming)) return null;
  return names.map((name) => {
    const path = name.replace(/^\/+/, "");
    const file = { name: path, version: "", size: 1, modifiedAt: null };
    const isTaken = judgeFile(file, path, { patterns, sidecar }).kind === "take";
    return { name, isTaken, fields: Object.fromEntries(readName(naming === "" ? null : naming, path)) };
  });
}

/** What the text of a sidecar would give of a call; null where it is not of the format that the rule's name states. */
export function trySidecar(rule: SidecarRule, text: string): Record<string, string> | null {
  const fields = sidecarFields(rule, formatOf(rule), new TextEncoder().encode(text), true);
  return fields && Object.fromEntries(fields);
}

/** The rule as it would be saved; undefined where it would be refused. */
export function readSidecarRule(given: unknown): SidecarRule | null | undefined {
  return sidecarSchema.safeParse(given).data;
}
