import { eq, sql } from "drizzle-orm";
import { readCampaign } from "../../campaigns";
import { runBatch, type Database } from "../../db/client";
import { connectors, sources } from "../../db/schema";
import { invalid, type DomainError } from "../../errors";
import { isLimited, reachesCampaign, recordAct, type Act, type RecordedAct, type Within } from "../../identity";
import { newId } from "../../lib/id";
import type { GuardPolicy } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { SECOND } from "../../lib/time";
import { internal } from "../../platforms";
import type { ConnectorKind } from "../contract";
import { CONNECTOR_KINDS, type ConnectorKindName } from "../kinds";
import { isAnyLeft } from "../run/left-files";
import { allWrong, checkCredentials, checkSettings, problemOf } from "./check";
import {
  countConnectors,
  MAX_CONNECTORS,
  openCredentials,
  readConnectorRow,
  sealCredentials,
  USUAL_POLL,
  viewOf,
  whereConnector,
  type ConnectorRow,
  type ConnectorTarget,
  type ConnectorView,
} from "./connector";

/** The deps of verbs that write a connector. */
export type ConnectorDeps = { db: Database; masterKeys: MasterKeys; guardPolicy: GuardPolicy };

export type NewConnector = Within & {
  kind: ConnectorKindName;
  name: string;
  /** Its id, where it was chosen before: asked for twice, it makes one connector. */
  id?: string;
  campaignId: string;
  settings: unknown;
  credentials: unknown;
  pollSeconds?: number | undefined;
  state?: "active" | "paused" | undefined;
  /** For times in names of files that carry no zone. */
  timeZone?: string | undefined;
};

/**
 * Makes a connector, and with it the source that its calls belong to. Its first look is due at once, unless it begins
 * paused.
 */
export async function createConnector(
  deps: ConnectorDeps,
  input: NewConnector,
  { now }: Act,
): Promise<Result<ConnectorView, DomainError>> {
  const { db, masterKeys } = deps;
  const { organizationId, reach } = input;
  const kind: ConnectorKind = CONNECTOR_KINDS[input.kind];
  const [settings, credentials, found] = await Promise.all([
    checkSettings(deps, kind, input.settings, input),
    checkCredentials(kind, input.credentials),
    readCampaign(db, { organizationId, reach, id: input.campaignId }),
  ]);
  const isWithin = found.ok && (!isLimited(reach) || reachesCampaign(reach, found.value.id));
  const campaign = isWithin ? found : err(invalid("campaign_id", "names no campaign of this organization"));
  const problem = allWrong(problemOf(input), campaign, settings, credentials);
  if (problem) return err(problem);
  if (!settings.ok || !credentials.ok || !campaign.ok) throw new Error("what is wrong was found already");
  if ((await countConnectors(db, organizationId)) >= MAX_CONNECTORS)
    return err({ kind: "conflict", message: `An organization has at most ${MAX_CONNECTORS} connectors.` });
  const id = input.id ?? newId("con", now);
  const name = input.name.trim();
  const row: ConnectorRow = {
    id,
    organizationId,
    kind: input.kind,
    name,
    campaignId: campaign.value.id,
    sourceId: newId("src", now),
    settings: settings.value,
    credentials: await sealCredentials(masterKeys, id, credentials.value),
    state: input.state ?? "active",
    pollSeconds: input.pollSeconds ?? USUAL_POLL,
    cursor: null,
    dueAt: now,
    lastRunAt: null,
    lastOkAt: null,
    trouble: null,
    imported: 0,
    refused: 0,
    leftFiles: null,
    looks: 0,
    failures: 0,
    createdAt: now,
    deletedAt: null,
  };
  const source: typeof sources.$inferInsert = {
    id: row.sourceId,
    organizationId,
    kind: internal.kind,
    name,
    campaignId: row.campaignId,
    settings: input.timeZone === undefined ? {} : { time_zone: input.timeZone },
    secrets: null,
    credentials: null,
    state: "active",
    createdAt: now,
    deletedAt: null,
  };
  const known = input.id === undefined ? undefined : await readConnectorRow(db, { organizationId, reach, id });
  if (known?.ok) return err({ kind: "conflict", message: "This connector was made already." });
  await runBatch(db, [db.insert(connectors).values(row), db.insert(sources).values(source)]);
  return ok(viewOf(row));
}

/** Only what is given changes. Settings are merged. */
export type ConnectorChanges = {
  name?: string | undefined;
  settings?: Record<string, unknown> | undefined;
  credentials?: unknown;
  pollSeconds?: number | undefined;
  state?: "active" | "paused" | undefined;
};

/**
 * Changes, pauses or resumes a connector. Where its credentials would go to another place, they must be given anew: who
 * may change a setting must not be able to have them sent somewhere.
 */
export async function updateConnector(
  deps: ConnectorDeps,
  target: ConnectorTarget,
  changes: ConnectorChanges,
  { now }: Act,
): Promise<Result<ConnectorView, DomainError>> {
  const { db, masterKeys } = deps;
  const found = await readConnectorRow(db, target);
  if (!found.ok) return found;
  const row = found.value;
  const kind: ConnectorKind = CONNECTOR_KINDS[row.kind];
  const settings =
    changes.settings === undefined
      ? ok(row.settings)
      : await checkSettings(deps, kind, { ...row.settings, ...changes.settings }, target);
  const problem = allWrong(problemOf(changes), settings);
  if (problem) return err(problem);
  if (!settings.ok) return settings;
  // What was written before there was a setting has its usual value.
  const before = kind.settings.safeParse(row.settings).data ?? row.settings;
  const moved = kind.placedBy.some((name) => settings.value[name] !== before[name]);
  if (moved)
    for (const name of kind.boundToPlace) if (changes.settings?.[name] === undefined) settings.value[name] = null;
  const isConfirmed = kind.boundToPlace.some((name) => settings.value[name] !== row.settings[name]);
  if (moved && changes.credentials === undefined)
    return err(invalid("credentials", "must be given again, since they would go to another place"));
  const stored = async () => ({ stored: await openCredentials(masterKeys, row), moved });
  const credentials =
    changes.credentials === undefined ? undefined : await checkCredentials(kind, changes.credentials, await stored());
  if (credentials && !credentials.ok) return credentials;
  const begins =
    moved || isConfirmed || (changes.state === "active" && row.state === "paused") || credentials !== undefined;
  const updated = await db
    .update(connectors)
    .set({
      settings: settings.value,
      ...(changes.name !== undefined && { name: changes.name.trim() }),
      ...(changes.pollSeconds !== undefined && {
        pollSeconds: changes.pollSeconds,
        // Who has it look more often does not wait for the end of the long interval before.
        dueAt: sql`min(${connectors.dueAt}, ${now + changes.pollSeconds * SECOND})`,
      }),
      ...(changes.state !== undefined && { state: changes.state }),
      ...(credentials && { credentials: await sealCredentials(masterKeys, row.id, credentials.value) }),
      ...(begins && { dueAt: now, trouble: null }),
      // A page of another list is no place in this one.
      ...(changes.settings !== undefined && !kind.keepsPlace && { cursor: null }),
    })
    .where(whereConnector(target))
    .returning()
    .get();
  if (updated && changes.name !== undefined) await nameSource(db, updated);
  return updated ? ok(viewOf(updated)) : readConnectorRow(db, target);
}

/** Its calls are of a source that has the name of the storage, as filters, files and the API show it. */
function nameSource(db: Database, { id, sourceId }: ConnectorRow) {
  // Read here, so that of two who rename at once both names are those of the last.
  const name = sql`(SELECT ${connectors.name} FROM ${connectors} WHERE ${connectors.id} = ${id})`;
  return db.update(sources).set({ name }).where(eq(sources.id, sourceId));
}

/** Makes the next look due now; it begins within a minute. Of a paused connector, nothing begins. */
export async function syncConnector(
  { db }: Pick<ConnectorDeps, "db">,
  target: ConnectorTarget,
  act: Act,
): Promise<Result<ConnectorView, DomainError>> {
  const found = await readConnectorRow(db, target);
  if (!found.ok) return found;
  if (found.value.state === "paused") return err({ kind: "conflict", message: "The connector is paused: resume it." });
  await recordAct(db, actOn(target, "connector.synced"), act);
  const kind: ConnectorKind = CONNECTOR_KINDS[found.value.kind];
  // What was left may be gone by now, which a storage that tells only what has changed would not say.
  const isAnew = kind.tellsChanges && !kind.keepsPlace && isAnyLeft(found.value.leftFiles);
  // Also where it is due already: a look that is under way then knows that another one is asked for behind it.
  const set = { dueAt: act.now, ...(isAnew && { cursor: null }) };
  const row = await db.update(connectors).set(set).where(whereConnector(target)).returning().get();
  return row ? ok(viewOf(row)) : readConnectorRow(db, target);
}

/** What the audit log says of an act that changes nothing of a connector itself. */
export function actOn({ organizationId, id }: ConnectorTarget, action: RecordedAct["action"]): RecordedAct {
  return { organizationId, action, resourceType: "connector", resourceIds: [id] };
}

/** Deletes a connector, and its source with it. Its calls are kept, and so is what lies in the storage. */
export async function deleteConnector(
  { db }: Pick<ConnectorDeps, "db">,
  target: ConnectorTarget,
  { now }: Act,
): Promise<Result<void, DomainError>> {
  const found = await readConnectorRow(db, target);
  if (!found.ok) return found;
  await runBatch(db, [
    db.update(connectors).set({ deletedAt: now }).where(whereConnector(target)),
    db.update(sources).set({ deletedAt: now }).where(eq(sources.id, found.value.sourceId)),
  ]);
  return ok(undefined);
}
