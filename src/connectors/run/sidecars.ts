import { runBatch, type Database } from "../../db/client";
import { normalizeTag, MAX_TAGS } from "../../calls";
import { MINUTE } from "../../lib/time";
import type { ConnectorRow } from "../config/connector";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { rulesOf } from "../rules/rules-of";
import { readSidecar } from "../sidecar/read-sidecar";
import { isSidecar, sidecarOf } from "../sidecar/rule";
import {
  awaitedAmong,
  awaitedName,
  endAwaiting,
  isStaying,
  keepAwaited,
  noteUnreadable,
  stayingName,
  stayingRow,
  type AwaitedRow,
} from "./awaited";
import { campaignIn } from "./campaign-of";
import { isNeeded, keepSaidBy, letGoOfSidecar, saidOf, type LookMemory } from "./look-memory";
import type { RunDeps } from "./run";

/** The tags in the fields, which are taken out of them. What can be no tag is left out. */
export function takeTags(fields: Map<string, string>): string[] {
  const given = fields.get("tags") ?? "";
  fields.delete("tags");
  const tags = given.split(/[,;|\n]/).flatMap((text) => normalizeTag(text) ?? []);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/**
 * Moves the sidecar of a recording that came in away with it, unless another recording that shares it has still to come
 * in. One that is not there, or is another by now, holds nothing up. That it stayed is over with it: the next sidecar of
 * its name, with the same content even, is of recordings that are still to come.
 */
export async function moveSidecar(
  db: Database,
  storage: Storage,
  connector: ConnectorRow,
  recording: string,
  memory: LookMemory,
): Promise<ConnectorFailure | undefined> {
  const { sidecar } = rulesOf(connector);
  if (sidecar === null || letGoOfSidecar(memory, connector, recording)) return undefined;
  const name = sidecarOf(sidecar, recording);
  const found = await storage.lookUp(name);
  if (!found.ok) return found.error;
  const moved = found.value && (await storage.settle(found.value));
  if (moved && !moved.ok) return moved.error;
  memory.staying.delete(awaitedName(connector, name));
  await endAwaiting(db, { connectorId: connector.id, name: stayingName(connector, name) });
  return undefined;
}

/**
 * A recording that is over without coming in holds its sidecar no more. Where it was the last that did, and another one
 * came in by what it says, it is moved away now: nothing leads to it any more.
 */
export async function leaveSidecar(
  db: Database,
  storage: Storage,
  connector: ConnectorRow,
  recording: string,
  mayMove: boolean,
  memory: LookMemory,
): Promise<ConnectorFailure | undefined> {
  const isShared = saidOf(memory, connector, recording) !== undefined;
  if (isShared && mayMove) return moveSidecar(db, storage, connector, recording, memory);
  letGoOfSidecar(memory, connector, recording);
  return undefined;
}

/**
 * Tells what late sidecars among the listed files say of calls that came in without them, and moves them away. One that
 * cannot be read stays, until it is replaced; one that fails holds no other up, unless the failure is of the storage. Gives
 * the first failure, and whether any are left for the next look. Those that stayed for another recording are noted for
 * the end of the look: whether one lies there that still needs it, the pages to come may tell.
 */
export async function takeLateSidecars(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  listed: readonly FoundFile[],
  until: number,
  memory: LookMemory,
): Promise<{ failure: ConnectorFailure | undefined; isLeft: boolean }> {
  const { sidecar, processedPath } = rulesOf(connector);
  const beside = listed.filter(({ name }) => isSidecar(sidecar, name));
  const nameOf = ({ name }: FoundFile) => awaitedName(connector, name);
  const awaited = await awaitedAmong(deps.db, connector.id, beside.map(nameOf));
  // Each look begins at another one: a few that are slow do not take the time of the same others again and again.
  const from = Math.floor(deps.now() / MINUTE) % Math.max(beside.length, 1);
  let failure: ConnectorFailure | undefined;
  for (const file of [...beside.slice(from), ...beside.slice(0, from)]) {
    const all = awaited.get(nameOf(file)) ?? [];
    const staying = all.find(isStaying);
    if (staying && processedPath !== null) memory.staying.set(nameOf(file), { file, row: staying });
    const rows = all.filter((row) => !isStaying(row) && row.unreadable !== file.version);
    if (rows.length === 0) continue;
    if (deps.now() >= until) return { failure, isLeft: true };
    const one = await takeLate(deps, connector, storage, file, rows, memory);
    if (one && isOfStorage(one)) return { failure: one, isLeft: true };
    failure ??= one;
  }
  return { failure, isLeft: failure !== undefined };
}

/**
 * Moves away the sidecars that stayed for another recording where none that lies there needs them any more. Only behind the
 * last page of a look that saw the whole list in one turn (`isWhole`) is that known; else they are left for a later look.
 * One that was replaced stays as long as a recording needs it, as what it is now; where none does, it may be of recordings
 * that are still to come. Gives the first failure, and whether any are left for the next look.
 */
export async function settleStaying(
  { db, now }: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  until: number,
  isWhole: boolean,
  memory: LookMemory,
): Promise<{ failure: ConnectorFailure | undefined; isLeft: boolean }> {
  if (!isWhole) return { failure: undefined, isLeft: memory.staying.size > 0 };
  let failure: ConnectorFailure | undefined;
  for (const { file, row } of memory.staying.values()) {
    const isSame = row.unreadable === file.version;
    if (isNeeded(memory, connector, file.name)) {
      if (!isSame) await runBatch(db, [keepAwaited(db, stayingRow(row, file.version))]);
      continue;
    }
    if (!isSame) continue;
    if (now() >= until) return { failure, isLeft: true };
    const one = failureOf(await storage.settle(file));
    if (!one) await endAwaiting(db, row);
    if (one && isOfStorage(one)) return { failure: one, isLeft: true };
    failure ??= one;
  }
  return { failure, isLeft: failure !== undefined };
}

/** Whether a failure on one file would meet every other one too. One file may be forbidden by itself. */
export function isOfStorage({ code }: ConnectorFailure): boolean {
  return !["access_denied", "no_permission", "storage_error", "interrupted"].includes(code);
}

async function takeLate(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  file: FoundFile,
  rows: readonly AwaitedRow[],
  memory: LookMemory,
): Promise<ConnectorFailure | undefined> {
  const { db } = deps;
  const { sidecar, processedPath } = rulesOf(connector);
  const name = awaitedName(connector, file.name);
  const read = sidecar && (await readSidecar(storage, sidecar, file, deps.now()));
  if (read && !read.ok) return read.error;
  if (read?.value.kind === "unreadable" && read.value.isRested)
    for (const row of rows) await noteUnreadable(db, row, file.version);
  if (read?.value.kind !== "read") return undefined;
  const { fields } = read.value;
  const said = new Map(fields);
  const tags = takeTags(fields);
  const campaignId = await campaignIn(db, connector, fields, memory.campaigns);
  const { organizationId, sourceId } = connector;
  for (const { externalId } of rows) {
    const told = await deps.tellMore({ organizationId, sourceId, externalId, campaignId, fields, tags });
    if (!told.ok) return told.error;
  }
  // A recording that shares it may be on a later page, behind which it is gone.
  if (processedPath !== null) keepSaidBy(memory, name, said);
  // Another recording that shares it has still to come in, or had in an earlier look: then it is moved when that is over.
  const stays = processedPath === null || memory.staying.has(name) || isNeeded(memory, connector, file.name);
  const failure = stays ? undefined : failureOf(await storage.settle(file));
  if (failure) return failure;
  const [first] = rows;
  if (stays && processedPath !== null && first) {
    const row = stayingRow(first, file.version);
    await runBatch(db, [keepAwaited(db, row)]);
    memory.staying.set(name, { file, row });
  }
  for (const row of rows) await endAwaiting(db, row);
  return undefined;
}

function failureOf(settled: Awaited<ReturnType<Storage["settle"]>>): ConnectorFailure | undefined {
  return settled.ok ? undefined : settled.error;
}
