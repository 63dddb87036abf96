import { runBatch } from "../../db/client";
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
 * in. One that is not there, or is another by now, holds nothing up.
 */
export async function moveSidecar(
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
  if (!found.value) return undefined;
  const moved = await storage.settle(found.value);
  return moved.ok ? undefined : moved.error;
}

/**
 * A recording that is over without coming in holds its sidecar no more. Where it was the last that did, and another one
 * came in by what it says, it is moved away now: nothing leads to it any more.
 */
export async function leaveSidecar(
  storage: Storage,
  connector: ConnectorRow,
  recording: string,
  mayMove: boolean,
  memory: LookMemory,
): Promise<ConnectorFailure | undefined> {
  const isShared = saidOf(memory, connector, recording) !== undefined;
  if (isShared && mayMove) return moveSidecar(storage, connector, recording, memory);
  letGoOfSidecar(memory, connector, recording);
  return undefined;
}

/**
 * Tells what late sidecars among the listed files say of calls that came in without them, and moves them away. One that
 * cannot be read stays, until it is replaced; one that fails holds no other up, unless the failure is of the storage. Gives
 * the first failure, and whether any are left for the next look.
 */
export async function takeLateSidecars(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  listed: readonly FoundFile[],
  until: number,
  memory: LookMemory,
): Promise<{ failure: ConnectorFailure | undefined; isLeft: boolean }> {
  const { sidecar } = rulesOf(connector);
  const beside = listed.filter(({ name }) => isSidecar(sidecar, name));
  const nameOf = ({ name }: FoundFile) => awaitedName(connector, name);
  const awaited = await awaitedAmong(deps.db, connector.id, beside.map(nameOf));
  // Each look begins at another one: a few that are slow do not take the time of the same others again and again.
  const from = Math.floor(deps.now() / MINUTE) % Math.max(beside.length, 1);
  let failure: ConnectorFailure | undefined;
  for (const file of [...beside.slice(from), ...beside.slice(0, from)]) {
    const all = awaited.get(nameOf(file)) ?? [];
    const rows = all.filter(({ unreadable }) => unreadable !== file.version);
    const staying = all.find((row) => isStaying(row, file.version));
    if (rows.length === 0 && (!staying || isNeeded(memory, connector, file.name))) continue;
    if (deps.now() >= until) return { failure, isLeft: true };
    const one = await takeLate(deps, connector, storage, file, rows, memory);
    if (staying && !one && !isNeeded(memory, connector, file.name)) await endAwaiting(deps.db, staying);
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
  // It stayed for another recording, and none needs it any more.
  if (rows.length === 0 && memory.said.has(name)) return failureOf(await storage.settle(file));
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
  // Another recording that shares it has still to come in: it is moved with that one.
  const stays = processedPath === null || isNeeded(memory, connector, file.name);
  const failure = stays ? undefined : failureOf(await storage.settle(file));
  if (failure) return failure;
  const [first] = rows;
  if (stays && processedPath !== null && first) await runBatch(db, [keepAwaited(db, stayingRow(first, file.version))]);
  for (const row of rows) await endAwaiting(db, row);
  return undefined;
}

function failureOf(settled: Awaited<ReturnType<Storage["settle"]>>): ConnectorFailure | undefined {
  return settled.ok ? undefined : settled.error;
}
