import { runBatch } from "../../db/client";
import { MINUTE } from "../../lib/time";
import type { ConnectorRow } from "../config/connector";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { readName } from "../rules/naming";
import { rulesOf } from "../rules/rules-of";
import { readSidecarOf } from "../sidecar/read-sidecar";
import { sidecarOf } from "../sidecar/rule";
import { awaitedBy, keepAwaited, stayingRow } from "./awaited";
import { campaignIn } from "./campaign-of";
import { markFile, type FileRow } from "./files";
import { isShared, keepSaid, saidOf, type LookMemory } from "./look-memory";
import { leaveSidecar, moveSidecar, takeTags } from "./sidecars";
import type { RunDeps } from "./run";

/** A file that fails so often is refused, so that one bad file does not stay for ever. */
const MAX_ATTEMPTS = 5;

export type TakenFile = {
  imported?: boolean;
  refused?: boolean;
  trouble?: ConnectorFailure;
  failure?: ConnectorFailure;
  /** It is no longer there, or another version is. */
  gone?: true;
  /** It is named, and not there yet. */
  waits?: true;
};

/** Takes one file in, unless that is done, and moves it away where that is wanted. */
export async function takeFile(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  file: FoundFile,
  row: FileRow,
  mayMove: boolean,
  memory: LookMemory,
): Promise<TakenFile> {
  const isNew = row.state !== "imported";
  if (isNew) {
    const taken = await bringIn(deps, connector, storage, file, row, memory);
    if (!taken.imported) {
      const isOver = taken.refused === true || taken.gone === true;
      const left = isOver ? await leaveSidecar(deps.db, storage, connector, file.name, mayMove, memory) : undefined;
      return left ? { ...taken, trouble: left } : taken;
    }
  }
  const { processedPath } = rulesOf(connector);
  if (processedPath === null || !mayMove) return { imported: isNew };
  // The sidecar first: once the recording is away, nothing leads to it any more.
  const beside = await moveSidecar(deps.db, storage, connector, file.name, memory);
  if (beside) return { imported: isNew, trouble: beside };
  const moved = await storage.settle(file);
  if (!moved.ok) return { imported: isNew, trouble: moved.error };
  await markFile(deps.db, row, { state: "settled" });
  return { imported: isNew };
}

async function bringIn(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  file: FoundFile,
  row: FileRow,
  memory: LookMemory,
): Promise<TakenFile> {
  const { db, now } = deps;
  const rules = rulesOf(connector);
  const { importPath, processedPath, naming } = rules;
  const beside = rules.sidecar ? await readSidecarOf(storage, rules.sidecar, file, now()) : undefined;
  if (beside && !beside.ok) return tryLater(deps, row, beside.error);
  // Another recording that shares it came in on an earlier page, and it was moved away with that one.
  const before = beside?.value.kind === "missing" ? saidOf(memory, connector, file.name) : undefined;
  const said = beside?.value.kind === "read" ? beside.value.fields : before;
  const isAwaited = beside !== undefined && said === undefined;
  if (isAwaited && now() < row.foundAt + (rules.sidecar?.wait_minutes ?? 0) * MINUTE) return { waits: true };
  const opened = await storage.open(file);
  if (!opened.ok) {
    const { code } = opened.error;
    if (code === "late") return waitFor(deps, file, row, opened.error);
    if (code !== "gone" && code !== "changed") return tryLater(deps, row, opened.error);
    await markFile(db, row, { state: "gone", reason: `${code}: ${opened.error.detail}`, endedAt: now() });
    return { gone: true };
  }
  const path = file.name.slice(importPath.length);
  const fields = new Map([...Object.entries(file.fields ?? {}), ...readName(naming, path), ...(said ?? [])]);
  const tags = takeTags(fields);
  const campaign = await campaignIn(db, connector, fields, memory.campaigns);
  const { organizationId, sourceId } = connector;
  const brought = await deps.bringIn({
    organizationId,
    sourceId,
    campaignId: campaign ?? connector.campaignId,
    tags,
    uploadId: row.uploadId,
    externalId: `${connector.id}:${row.id}`,
    fileName: path.slice(path.lastIndexOf("/") + 1),
    path: file.name,
    fields,
    ...opened.value,
  });
  if (!brought.ok) {
    const { kind, code, detail } = brought.error;
    if (kind === "source") return { failure: { code, detail } };
    if (kind === "later") return tryLater(deps, row, { code, detail });
    await markFile(db, row, { state: "refused", reason: `${code}: ${detail}`, endedAt: now() });
    return { refused: true };
  }
  const { callId, externalId, isKnown } = brought.value;
  if (rules.sidecar) {
    const name = awaitedBy(connector, sidecarOf(rules.sidecar, file.name), file.name);
    const awaited = { connectorId: connector.id, name, organizationId, externalId, callId, since: now() };
    if (isAwaited) await runBatch(db, [keepAwaited(db, { ...awaited, unreadable: null })]);
    else if (beside?.value.kind === "read" && isShared(memory, connector, file.name))
      await runBatch(db, [keepAwaited(db, stayingRow(awaited, beside.value.file.version))]);
  }
  if (isKnown && said) {
    // Before a crash it may have come in without its sidecar.
    const told = await deps.tellMore({ organizationId, sourceId, externalId, campaignId: campaign, fields, tags });
    if (!told.ok) return { failure: told.error };
  }
  if (said) keepSaid(memory, connector, file.name, said);
  const state = processedPath === null ? "settled" : "imported";
  await markFile(db, row, { state, reason: null, callId, endedAt: now() });
  return { imported: true };
}

/** A file that is named and not there yet is waited for; that it is, is written once. */
async function waitFor(
  { db, now }: RunDeps,
  { until = 0 }: FoundFile,
  row: FileRow,
  { code, detail }: ConnectorFailure,
): Promise<TakenFile> {
  const reason = `${code}: ${detail}`;
  if (now() >= until) {
    await markFile(db, row, { state: "refused", reason, endedAt: now() });
    return { refused: true };
  }
  if (row.reason === null) await markFile(db, row, { reason });
  return { waits: true };
}

async function tryLater({ db, now }: RunDeps, row: FileRow, failure: ConnectorFailure): Promise<TakenFile> {
  const attempts = row.attempts + 1;
  const reason = `${failure.code}: ${failure.detail}`;
  if (attempts < MAX_ATTEMPTS) {
    await markFile(db, row, { attempts, reason });
    return { failure };
  }
  await markFile(db, row, { state: "refused", attempts, reason, endedAt: now() });
  return { refused: true, failure };
}
