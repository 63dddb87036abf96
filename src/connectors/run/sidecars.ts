import { normalizeTag, MAX_TAGS } from "../../calls";
import type { ConnectorRow } from "../config/connector";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { rulesOf } from "../rules/rules-of";
import { readSidecar } from "../sidecar/read-sidecar";
import { isSidecar } from "../sidecar/rule";
import { awaitedAmong, awaitedName, endAwaiting, type AwaitedRow } from "./awaited";
import { campaignIn, type KnownCampaigns } from "./campaign-of";
import type { RunDeps } from "./run";

/** The tags in the fields, which are taken out of them. What can be no tag is left out. */
export function takeTags(fields: Map<string, string>): string[] {
  const given = fields.get("tags") ?? "";
  fields.delete("tags");
  const tags = given.split(/[,;|\n]/).flatMap((text) => normalizeTag(text) ?? []);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/** Moves the sidecar of a recording away with it. One that is not there, or is another by now, holds nothing up. */
export async function moveSidecar(storage: Storage, name: string): Promise<ConnectorFailure | undefined> {
  const found = await storage.lookUp(name);
  if (!found.ok) return found.error;
  if (!found.value) return undefined;
  const moved = await storage.settle(found.value);
  return moved.ok ? undefined : moved.error;
}

/**
 * Tells what late sidecars among the listed files say of calls that came in without them, and moves them away. One that
 * cannot be read stays, until it is replaced. Gives the failure that a storage answered with.
 */
export async function takeLateSidecars(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  listed: readonly FoundFile[],
  campaigns: KnownCampaigns,
): Promise<ConnectorFailure | undefined> {
  const { sidecar } = rulesOf(connector);
  const beside = listed.filter(({ name }) => isSidecar(sidecar, name));
  const nameOf = ({ name }: FoundFile) => awaitedName(connector, name);
  const awaited = await awaitedAmong(deps.db, connector.id, beside.map(nameOf));
  for (const file of beside) {
    const row = awaited.get(nameOf(file));
    const failure = row && (await takeLate(deps, connector, storage, file, row, campaigns));
    if (failure) return failure;
  }
  return undefined;
}

async function takeLate(
  deps: RunDeps,
  connector: ConnectorRow,
  storage: Storage,
  file: FoundFile,
  row: AwaitedRow,
  campaigns: KnownCampaigns,
): Promise<ConnectorFailure | undefined> {
  const { sidecar, processedPath } = rulesOf(connector);
  const read = sidecar && (await readSidecar(storage, sidecar, file, deps.now()));
  if (read && !read.ok) return read.error;
  if (read?.value.kind !== "read") return undefined;
  const { fields } = read.value;
  const tags = takeTags(fields);
  const campaignId = await campaignIn(deps.db, connector, fields, campaigns);
  const { organizationId, sourceId } = connector;
  const told = await deps.tellMore({
    organizationId,
    sourceId,
    externalId: row.externalId,
    campaignId,
    fields,
    tags,
  });
  if (!told.ok) return told.error;
  const moved = processedPath === null ? undefined : await storage.settle(file);
  if (moved && !moved.ok) return moved.error;
  await endAwaiting(deps.db, row);
  return undefined;
}
