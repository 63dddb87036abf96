import type { ConnectorRow } from "../config/connector";
import type { ConnectorFailure, FoundFile, Storage } from "../contract";
import { readName } from "../rules/naming";
import { rulesOf } from "../rules/rules-of";
import { campaignOf, type KnownCampaigns } from "./campaign-of";
import { markFile, type FileRow } from "./files";
import type { RunDeps } from "./run";

/** A file that fails so often is refused, so that one bad file does not stay for ever. */
const MAX_ATTEMPTS = 5;

export type TakenFile = {
  imported?: boolean;
  refused?: boolean;
  trouble?: ConnectorFailure;
  failure?: ConnectorFailure;
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
  campaigns: KnownCampaigns,
): Promise<TakenFile> {
  const isNew = row.state !== "imported";
  if (isNew) {
    const taken = await bringIn(deps, connector, storage, file, row, campaigns);
    if (!taken.imported) return taken;
  }
  const { processedPath } = rulesOf(connector);
  if (processedPath === null || !mayMove) return { imported: isNew };
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
  campaigns: KnownCampaigns,
): Promise<TakenFile> {
  const { db, now } = deps;
  const opened = await storage.open(file);
  if (!opened.ok) {
    const { code } = opened.error;
    if (code === "late") return waitFor(deps, file, row, opened.error);
    if (code !== "gone" && code !== "changed") return tryLater(deps, row, opened.error);
    await markFile(db, row, { state: "gone", reason: `${code}: ${opened.error.detail}`, endedAt: now() });
    return {};
  }
  const { importPath, processedPath, naming } = rulesOf(connector);
  const path = file.name.slice(importPath.length);
  const fields = new Map([...Object.entries(file.fields ?? {}), ...readName(naming, path)]);
  const campaign = await campaignIn(db, connector, fields, campaigns);
  const brought = await deps.bringIn({
    organizationId: connector.organizationId,
    sourceId: connector.sourceId,
    campaignId: campaign,
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
  const state = processedPath === null ? "settled" : "imported";
  await markFile(db, row, { state, reason: null, callId: brought.value.callId, endedAt: now() });
  return { imported: true };
}

/**
 * The campaign that the fields name, which is taken out of them; that of the connector where they name none. One that is
 * not known costs no call: it is kept as it was written.
 */
async function campaignIn(
  db: RunDeps["db"],
  connector: ConnectorRow,
  fields: Map<string, string>,
  known: KnownCampaigns,
): Promise<string> {
  const named = fields.get("campaign");
  fields.delete("campaign");
  if (named === undefined) return connector.campaignId;
  const found = await campaignOf(db, connector, named, known);
  if (found === null) fields.set("custom[file_campaign]", named);
  return found ?? connector.campaignId;
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
