import { runBatch } from "../../db/client";
import { explainProblem } from "../problems";
import type { ConnectorRow } from "../config/connector";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { judgeFile } from "../rules/judge-file";
import { rulesOf } from "../rules/rules-of";
import { fileIdOf, insertFiles, knownFiles, newFileRow, type FileRow } from "./files";
import type { LeftFile } from "./left-files";
import type { RunDeps } from "./run";
import { needSidecar, type LookMemory } from "./look-memory";
import { isOfStorage, takeLateSidecars } from "./sidecars";
import { takeFile } from "./take-file";

/** Files fetched from one storage at a time. */
const AT_ONCE = 4;
/** So many files in a row that the storage does not give are no matter of the files. */
const IN_A_ROW = 3;

/** What became of a page of a storage's list. */
export type TakenPage = {
  imported: number;
  refused: number;
  /** The files that it leaves without refusing them. */
  left: LeftFile[];
  /** Whether there was a file that was not known before. */
  fresh: boolean;
  /** Whether a file of the page still waits: for another look, for another try, or to be moved away. */
  isLeft: boolean;
  /** False when the time was over before all files of the page were looked at. */
  isWhole: boolean;
  /** Files are taken in, but cannot be moved away. */
  trouble?: ConnectorFailure;
  /** The storage gives nothing more. */
  failure?: ConnectorFailure;
};

/**
 * Works on one page: files seen for the first time are noted, those that lie unchanged since the last look are taken
 * in, those that were taken in and still lie there are moved away.
 */
export async function takePage(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  listed: readonly FoundFile[],
  until: number,
  memory: LookMemory,
): Promise<TakenPage> {
  const { db, now } = deps;
  const rules = rulesOf(connector);
  const judged = listed
    .filter(({ name }) => rules.processedPath === null || !name.startsWith(rules.processedPath))
    .map((file) => ({ file, judgement: judgeFile(file, file.name.slice(rules.importPath.length), rules) }));
  const found = judged.filter(({ judgement }) => judgement.kind !== "skip");
  const ids = await Promise.all(found.map(({ file }) => fileIdOf(file)));
  const known = await knownFiles(db, connector.id, ids);
  const left = judged.flatMap(({ file: { name }, judgement }): LeftFile[] =>
    judgement.kind === "skip" && judgement.reason === "empty" ? [{ why: "empty", name }] : [],
  );
  const page: TakenPage = { imported: 0, refused: 0, left, fresh: false, isLeft: false, isWhole: true };
  const rows: FileRow[] = [];
  const open: { file: FoundFile; row: FileRow }[] = [];
  for (const [at, { file, judgement }] of found.entries()) {
    const id = ids[at] ?? "";
    const row = known.get(id);
    if (judgement.kind === "take" && (!row || isToComeIn(row))) needSidecar(memory, connector, file.name);
    if (row && isOpen(row, rules.processedPath)) open.push({ file, row });
    // Where files are moved away, one that is done with lies there again, or since before they were.
    if (row?.state === "settled" && rules.processedPath !== null) left.push({ why: "taken", name: row.name });
    if (row) continue;
    const code = judgement.kind === "refuse" ? judgement.code : null;
    const made = newFileRow(connector, id, file, now(), code && `${code}: ${explainProblem(code)?.cause ?? ""}`);
    rows.push(made);
    if (code !== null) page.refused += 1;
    else if (file.whole) open.push({ file, row: made });
    else page.fresh = page.isLeft = true;
  }
  if (rows.length > 0) await runBatch(db, [insertFiles(db, rows)]);
  await takeAll(deps, connector, storage, open, until, page, memory);
  if (rules.sidecar && !page.failure) {
    const late = await takeLateSidecars(deps, connector, storage, listed, until, memory);
    page.isLeft ||= late.isLeft;
    if (late.failure && isOfStorage(late.failure)) page.failure = late.failure;
    else page.trouble ??= late.failure;
  }
  return page;
}

/** Whether a recording that lies there did not come in yet. */
function isToComeIn({ state }: FileRow): boolean {
  return state === "seen" || state === "gone";
}

/** Whether there is something left to do for a file that lies in the import path. */
function isOpen(row: FileRow, processedPath: string | null): boolean {
  if (row.state === "imported") return processedPath !== null;
  return isToComeIn(row);
}

async function takeAll(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  open: readonly { file: FoundFile; row: FileRow }[],
  until: number,
  page: TakenPage,
  memory: LookMemory,
): Promise<void> {
  let next = 0;
  let failed = 0;
  async function work(): Promise<void> {
    while (next < open.length && !page.failure) {
      if (deps.now() >= until) {
        page.isWhole = false;
        page.isLeft = true;
        return;
      }
      const one = open[next];
      next += 1;
      if (!one) return;
      // Once one cannot be moved, neither can the others: they are taken in and left for the next look.
      const taken = await takeFile(deps, connector, storage, one.file, one.row, page.trouble === undefined, memory);
      if (taken.imported) page.imported += 1;
      if (taken.refused) page.refused += 1;
      page.trouble ??= taken.trouble;
      if (taken.trouble || taken.failure || taken.waits) page.isLeft = true;
      failed = taken.failure ? failed + 1 : 0;
      if (taken.failure && (isOfStorage(taken.failure) || failed >= IN_A_ROW)) page.failure ??= taken.failure;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
