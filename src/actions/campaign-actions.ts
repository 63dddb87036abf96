import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { OfferedEngines } from "../analysis";
import { readCampaign, type CampaignRow, type CampaignTarget } from "../campaigns";
import { changesOf, runBatch, type Database } from "../db/client";
import { campaignActions, campaigns } from "../db/schema";
import { contextOf } from "../db/sealed-places";
import { notFound, type DomainError } from "../errors";
import { wholeCampaigns, type Act, type Permission } from "../identity";
import { toBase64 } from "../lib/hmac";
import { newId } from "../lib/id";
import type { GuardPolicy } from "../lib/network-guard";
import { err, ok, type Result } from "../lib/result";
import { seal, unseal, type MasterKeys } from "../lib/seal";
import { postCallAction, type KeptAction, type PostCallAction } from "./action";
import { misfitsOf } from "./misfits";
import { lackingFor } from "./rights";

export type ActionDeps = {
  db: Database;
  masterKeys: MasterKeys;
  guardPolicy: GuardPolicy;
  offeredEngines: OfferedEngines;
};

/** What is done with the calls of a campaign. `signed`: those that have a secret of their own. */
export type CampaignActions = {
  campaign: CampaignRow;
  actions: KeptAction[];
  signed: ReadonlySet<string>;
  version: number;
};

/** Secrets of requests by the ids of their actions. */
type Secrets = Record<string, string>;

const stored = z.array(postCallAction);

/** The actions of a campaign within reach, in their order. */
export async function readCampaignActions(
  { db, masterKeys }: Pick<ActionDeps, "db" | "masterKeys">,
  target: CampaignTarget,
): Promise<Result<CampaignActions, DomainError>> {
  const campaign = await readCampaign(db, target);
  if (!campaign.ok) return campaign;
  const row = await rowOf(db, campaign.value);
  const secrets = await openSecrets(masterKeys, row);
  return ok({
    campaign: campaign.value,
    actions: actionsIn(row),
    signed: new Set(Object.keys(secrets)),
    version: row?.version ?? 0,
  });
}

/** The actions that are on, as the work of a call begins. */
export async function activeActions(db: Database, campaignId: string | null): Promise<KeptAction[]> {
  if (campaignId === null) return [];
  return actionsIn(
    await db.select().from(campaignActions).where(eq(campaignActions.campaignId, campaignId)).get(),
  ).filter(({ enabled }) => enabled);
}

/**
 * An action as it is kept now, with the secret that its requests are signed with; undefined where it was taken away or
 * turned off since.
 */
export async function readActiveAction(
  { db, masterKeys }: Pick<ActionDeps, "db" | "masterKeys">,
  campaignId: string,
  actionId: string,
): Promise<{ action: KeptAction; secret: string | undefined } | undefined> {
  const row = await rowOf(db, { id: campaignId });
  const action = actionsIn(row).find(({ id, enabled }) => id === actionId && enabled);
  return action && { action, secret: (await openSecrets(masterKeys, row))[actionId] };
}

type Row = typeof campaignActions.$inferSelect;

function rowOf(db: Database, { id }: Pick<CampaignRow, "id">): Promise<Row | undefined> {
  return db.select().from(campaignActions).where(eq(campaignActions.campaignId, id)).get();
}

function actionsIn(row: Row | undefined): KeptAction[] {
  const known = row ? (stored.safeParse(row.actions).data ?? []) : [];
  return known.map((action) => ({ ...action, id: action.id ?? "" }));
}

async function openSecrets(masterKeys: MasterKeys, row: Row | undefined): Promise<Secrets> {
  if (!row?.secrets) return {};
  return JSON.parse(
    await unseal(masterKeys, contextOf("campaign_actions.secrets", row.campaignId), row.secrets),
  ) as Secrets;
}

/** `version`: what was read before, where what somebody else wrote meanwhile is not to be lost. */
export type ActionsInput = { actions: readonly PostCallAction[]; version?: number | undefined };

/** What was written, with the secrets that are new: they are shown this once. */
export type WrittenActions = CampaignActions & { secrets: Secrets };

const CHANGED: DomainError = {
  kind: "conflict",
  message: "The actions were changed at the same time. Read them again.",
};

/**
 * Replaces the actions of a campaign. Calls whose findings end from then on have them; those under way keep theirs.
 * `allows`: what whoever writes is allowed, for the kinds that do more than configure.
 */
export async function writeCampaignActions(
  deps: ActionDeps,
  target: CampaignTarget,
  input: ActionsInput,
  allows: (permission: Permission) => boolean,
  act: Act,
): Promise<Result<WrittenActions, DomainError>> {
  const { db } = deps;
  const found = await readCampaign(db, target);
  if (!found.ok) return found;
  const whole = wholeCampaigns(target.reach);
  if (whole !== null && !whole.includes(found.value.id)) return err(notFound("campaign"));
  const row = await rowOf(db, found.value);
  const known = actionsIn(row);
  const misfits = await misfitsOf(deps, target, input.actions, known, act.now);
  if (misfits.length > 0) return err({ kind: "invalid", fields: misfits });
  const actions = input.actions.map((action): KeptAction => ({ ...action, id: action.id ?? newId("pca", act.now) }));
  const changed = actions.filter((action) => isNew(action, known));
  const lacking = lackingFor(
    changed.map(({ kind }) => kind),
    allows,
  );
  if (lacking) return err({ kind: "permission_missing", permission: lacking });
  const kept = keptSecrets(await openSecrets(deps.masterKeys, row), known, actions);
  const fresh = Object.fromEntries(
    actions.filter((one) => hasSecret(one) && kept[one.id] === undefined).map(({ id }) => [id, newSecret()]),
  );
  const written = await write(
    deps,
    found.value,
    row,
    { actions, secrets: { ...kept, ...fresh } },
    input.version,
    act.now,
  );
  if (!written.ok) return written;
  const { version } = written.value;
  const signed = new Set(Object.keys({ ...kept, ...fresh }));
  return ok({ campaign: found.value, actions, signed, version, secrets: fresh });
}

/** Gives the requests of an action a new secret, which is shown this once. The one before signs nothing any more. */
export async function rotateActionSecret(
  deps: ActionDeps,
  target: CampaignTarget & { actionId: string },
  act: Act,
): Promise<Result<string, DomainError>> {
  const found = await readCampaign(deps.db, target);
  if (!found.ok) return found;
  const whole = wholeCampaigns(target.reach);
  if (whole !== null && !whole.includes(found.value.id)) return err(notFound("campaign"));
  const row = await rowOf(deps.db, found.value);
  const actions = actionsIn(row);
  if (!actions.some((one) => one.id === target.actionId && hasSecret(one))) return err(notFound("action"));
  const secret = newSecret();
  const secrets = { ...(await openSecrets(deps.masterKeys, row)), [target.actionId]: secret };
  const written = await write(deps, found.value, row, { actions, secrets }, undefined, act.now);
  return written.ok ? ok(secret) : written;
}

async function write(
  { db, masterKeys }: ActionDeps,
  { id, organizationId }: CampaignRow,
  before: Row | undefined,
  { actions, secrets }: { actions: KeptAction[]; secrets: Secrets },
  seen: number | undefined,
  now: number,
): Promise<Result<{ version: number }, DomainError>> {
  const known = before?.version ?? 0;
  if (seen !== undefined && seen !== known) return err(CHANGED);
  const version = known + 1;
  const sealed =
    Object.keys(secrets).length === 0
      ? null
      : await seal(masterKeys, contextOf("campaign_actions.secrets", id), JSON.stringify(secrets));
  const on = actions.filter(({ enabled }) => enabled).length;
  const settings =
    on === 0
      ? sql`json_remove(${campaigns.settings}, '$.actions')`
      : sql`json_set(${campaigns.settings}, '$.actions', ${on})`;
  const packed = JSON.stringify(actions);
  const [put] = await runBatch(db, [
    db.run(sql`INSERT INTO ${campaignActions} (campaign_id, organization_id, actions, secrets, version, updated_at)
      VALUES (${id}, ${organizationId}, ${packed}, ${sealed}, ${version}, ${now})
      ON CONFLICT DO UPDATE SET actions = excluded.actions, secrets = excluded.secrets, version = excluded.version,
        updated_at = excluded.updated_at WHERE campaign_actions.version = ${known}`),
    db.run(sql`UPDATE ${campaigns} SET settings = ${settings} WHERE id = ${id} AND settings ->> '$.actions' IS NOT ${on === 0 ? null : on}
      AND EXISTS (SELECT 1 FROM ${campaignActions} WHERE campaign_id = ${id} AND version = ${version} AND actions = ${packed})`),
  ]);
  return changesOf(put) > 0 ? ok({ version }) : err(CHANGED);
}

function isNew(action: KeptAction, known: readonly KeptAction[]): boolean {
  return !known.some((one) => one.id === action.id && JSON.stringify(one) === JSON.stringify(action));
}

function hasSecret(action: PostCallAction): boolean {
  return action.kind === "webhook" && action.url !== null;
}

/** A new address does not get the secret that was meant for the old one. */
function keptSecrets(secrets: Secrets, known: readonly KeptAction[], actions: readonly KeptAction[]): Secrets {
  const stay = actions.filter((action) =>
    known.some(
      (one) => one.id === action.id && action.kind === "webhook" && one.kind === "webhook" && one.url === action.url,
    ),
  );
  return Object.fromEntries(stay.flatMap(({ id }) => (secrets[id] === undefined ? [] : [[id, secrets[id]]])));
}

const SECRET_BYTES = 32;

/** A secret of Standard Webhooks. */
function newSecret(): string {
  return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))}`;
}
