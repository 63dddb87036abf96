import type { ConnectorFailure, Storage } from "../contract";
import { explainProblem } from "../problems";
import { judgeFile } from "../rules/judge-file";
import { readName } from "../rules/naming";
import { rulesOf } from "../rules/rules-of";
import { err, ok, type Result } from "../../lib/result";
import type { ConnectorSettings } from "../../db/schema";

export type PreviewedFile = {
  name: string;
  size: number;
  verdict: "take" | "skip" | "refuse";
  /** Why it would be skipped or refused. */
  reason: string | null;
  /** What its name gives of the call. */
  fields: Record<string, string>;
};

/** The first page of a storage, and what would be done with each of its files. Nothing is taken in, moved or noted. */
export async function previewFiles(
  storage: Storage,
  settings: ConnectorSettings,
  most: number,
): Promise<Result<{ files: PreviewedFile[]; more: boolean }, ConnectorFailure>> {
  const page = await storage.list(null);
  if (!page.ok) return err(page.error);
  const rules = rulesOf({ settings });
  const files = page.value.files.slice(0, most).map((file): PreviewedFile => {
    const path = file.name.slice(rules.importPath.length);
    const judgement = judgeFile(file, path, rules.patterns);
    return {
      name: file.name,
      size: file.size,
      verdict: judgement.kind,
      reason:
        judgement.kind === "refuse"
          ? (explainProblem(judgement.code)?.cause ?? judgement.code)
          : judgement.kind === "skip"
            ? judgement.reason
            : null,
      fields: { ...file.fields, ...Object.fromEntries(readName(rules.naming, path)) },
    };
  });
  return ok({ files, more: page.value.cursor !== null || page.value.files.length > most });
}
