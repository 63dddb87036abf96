import { z } from "zod";
import { invalid, type DomainError } from "../../errors";
import { fieldErrorsOf } from "../../lib/field-issues";
import { err, ok, type Result } from "../../lib/result";
import type { ProblemCode } from "../problems";
import { formatOf, sidecar, sidecarOf } from "../sidecar/rule";
import { sidecarFields } from "../sidecar/values";
import { judgeFile, reasonOf } from "./judge-file";
import { readName } from "./naming";
import { filePatterns, naming } from "./schema";

/** The rules that make a call of a file, by the names that settings have; what is missing has its usual value. */
const rules = z.object({ file_patterns: filePatterns, naming, sidecar });

/** What a file of this name would come to. */
export type TriedName = {
  name: string;
  verdict: "take" | "skip" | "refuse";
  /** Why it would be skipped or refused; `code` says it where it would be refused. */
  reason: string | null;
  code: ProblemCode | null;
  /** What its name gives of the call. */
  fields: Record<string, string>;
  /** The file beside it that would be asked for; null where there is none. */
  sidecar: string | null;
};

export type TriedRules = { names: TriedName[]; sidecar: Record<string, string> | null };

/**
 * Tries rules that are not saved: on names of files as they lie below the import path, and on the text of a sidecar. Refused
 * as the rules would be when they are saved, and where the text is not of the format that the sidecar's name states.
 */
export function tryRules(
  given: unknown,
  samples: { names: readonly string[]; sidecar: string | null },
): Result<TriedRules, DomainError> {
  const parsed = rules.safeParse(given);
  if (!parsed.success) return err({ kind: "invalid", fields: fieldErrorsOf(parsed.error, ["settings"]) });
  const { file_patterns: patterns, naming: form, sidecar: rule } = parsed.data;
  const bytes = samples.sidecar === null ? null : new TextEncoder().encode(samples.sidecar);
  if (bytes && !rule) return err(invalid("samples.sidecar", "cannot be tried where no sidecar is set"));
  const said = bytes && rule && sidecarFields(rule, formatOf(rule), bytes, true);
  if (bytes && !said) return err(invalid("samples.sidecar", "is not of the format that the sidecar's name states"));
  const names = samples.names.map((name) => {
    const path = name.replace(/^\/+/, "");
    const file = { name: path, version: "", size: 1, modifiedAt: null };
    const judged = judgeFile(file, path, { patterns, sidecar: rule });
    return {
      name,
      ...reasonOf(judged),
      fields: Object.fromEntries(readName(form, path)),
      sidecar: rule && judged.kind === "take" ? sidecarOf(rule, path) : null,
    };
  });
  return ok({ names, sidecar: said ? Object.fromEntries(said) : null });
}
