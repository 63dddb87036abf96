import { MAX_RECORDING_BYTES } from "../../recordings";
import type { FoundFile } from "../contract";
import { explainProblem, type ProblemCode } from "../problems";
import { isSidecar } from "../sidecar/rule";
import type { ImportRules } from "./rules-of";

/** What is to become of a file that was found. `skip`: no file to take in, for which nothing is written. */
export type Judgement =
  | { kind: "take" }
  | { kind: "skip"; reason: "folder" | "sidecar" | "pattern" | "empty" }
  | { kind: "refuse"; code: ProblemCode };

/** Judges a file by its name and size alone. `path`: below the import path. */
export function judgeFile(
  file: FoundFile,
  path: string,
  { patterns, sidecar }: Pick<ImportRules, "patterns" | "sidecar">,
): Judgement {
  if (path === "" || path.endsWith("/")) return { kind: "skip", reason: "folder" };
  if (isSidecar(sidecar, path)) return { kind: "skip", reason: "sidecar" };
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!patterns.some((pattern) => matches(name, pattern))) return { kind: "skip", reason: "pattern" };
  // No address can name a step of a path as a part of a key, however it is encoded: another file would be asked for.
  // Nor can a name that is no text be asked for: it was not understood.
  if (/[\p{Cc}\uFFFD]/u.test(file.name) || file.name.split("/").some((part) => part === "." || part === ".."))
    return { kind: "refuse", code: "bad_name" };
  if (file.refusal) return { kind: "refuse", code: file.refusal };
  // A file of no bytes is one that is still being written, or nothing.
  if (file.size === 0 && file.fields === undefined) return { kind: "skip", reason: "empty" };
  return file.size > MAX_RECORDING_BYTES ? { kind: "refuse", code: "too_large" } : { kind: "take" };
}

/** A judgement as it is shown: the reason in words, or the name of one of the reasons to skip a file. */
export function reasonOf(judgement: Judgement): {
  verdict: Judgement["kind"];
  reason: string | null;
  code: ProblemCode | null;
} {
  if (judgement.kind === "take") return { verdict: "take", reason: null, code: null };
  if (judgement.kind === "skip") return { verdict: "skip", reason: judgement.reason, code: null };
  const { code } = judgement;
  return { verdict: "refuse", reason: explainProblem(code)?.cause ?? code, code };
}

/** Whether a name is of a pattern with `*` and `?`, whatever the case of either. */
export function matches(name: string, pattern: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    // Several stars are one: as so many they would take exponential time.
    .replace(/\*+/g, "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${source}$`, "u").test(name.toLowerCase());
}
