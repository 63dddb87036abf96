import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import type { ProblemCode } from "../problems";
import { judgeFile, reasonOf } from "../rules/judge-file";
import { readName } from "../rules/naming";
import { rulesOf } from "../rules/rules-of";
import { err, ok, type Result } from "../../lib/result";
import type { Clock } from "../../lib/time";
import { readSidecarOf } from "../sidecar/read-sidecar";
import { isOfStorage } from "./sidecars";
import type { ConnectorSettings } from "../../db/schema";

/** Pages of the list that are looked at: of some storages a page may hold nothing, and the next one does. */
const MOST_PAGES = 20;
/** Sidecars that are read for a preview: each is a request or two. */
const MOST_SIDECARS = 20;

export type PreviewedFile = {
  name: string;
  size: number;
  verdict: "take" | "skip" | "refuse";
  /** Why it would be skipped or refused; `code` says it where it would be refused. */
  reason: string | null;
  code: ProblemCode | null;
  /** What its name gives of the call, and of the first ones what lies beside them. */
  fields: Record<string, string>;
};

/** The first files of a storage, and what would be done with each of its files. Nothing is taken in, moved or noted. */
export async function previewFiles(
  storage: Storage,
  settings: ConnectorSettings,
  most: number,
  now: Clock,
): Promise<Result<{ files: PreviewedFile[]; more: boolean }, ConnectorFailure>> {
  const found: FoundFile[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES && found.length < most; pages += 1) {
    const page: Awaited<ReturnType<Storage["list"]>> = await storage.list(cursor);
    if (!page.ok) return err(page.error);
    found.push(...page.value.files);
    ({ cursor } = page.value);
    if (cursor === null) break;
  }
  const rules = rulesOf({ settings });
  let read = 0;
  const files: PreviewedFile[] = [];
  for (const file of found.slice(0, most)) {
    const path = file.name.slice(rules.importPath.length);
    const judgement = judgeFile(file, path, rules);
    const isRead = rules.sidecar !== null && judgement.kind === "take" && read < MOST_SIDECARS;
    if (isRead) read += 1;
    const beside = isRead && rules.sidecar ? await readSidecarOf(storage, rules.sidecar, file, now()) : undefined;
    // One that the storage does not give says nothing of the others.
    if (beside && !beside.ok && isOfStorage(beside.error)) return err(beside.error);
    const said = beside?.ok && beside.value.kind === "read" ? beside.value.fields : [];
    files.push({
      name: file.name,
      size: file.size,
      ...reasonOf(judgement),
      fields: { ...file.fields, ...Object.fromEntries(readName(rules.naming, path)), ...Object.fromEntries(said) },
    });
  }
  return ok({ files, more: cursor !== null || found.length > most });
}
