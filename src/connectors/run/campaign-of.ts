import { listCampaigns, readCampaign } from "../../campaigns";
import type { Database } from "../../db/client";
import { FULL_REACH } from "../../identity";
import { foldName } from "../../lib/fold-name";
import type { ConnectorRow } from "../config/connector";
import { rulesOf } from "../rules/rules-of";

const MOST_CAMPAIGNS = 1_000;

/** Campaigns that were looked up in one look, by what files call them; null where there is none. */
export type KnownCampaigns = Map<string, string | null>;

/**
 * The campaign that a file names: by the connector's own table, else by its id, number or name. Null where no campaign
 * that is in use is called so.
 */
export async function campaignOf(
  db: Database,
  connector: Pick<ConnectorRow, "organizationId" | "settings">,
  named: string,
  known: KnownCampaigns,
): Promise<string | null> {
  const before = known.get(named);
  if (before !== undefined) return before;
  const found = await findCampaign(db, connector, named);
  known.set(named, found);
  return found;
}

async function findCampaign(
  db: Database,
  { organizationId, settings }: Pick<ConnectorRow, "organizationId" | "settings">,
  named: string,
): Promise<string | null> {
  const within = { organizationId, reach: FULL_REACH };
  const { campaignMap } = rulesOf({ settings });
  const folded = foldName(named);
  const entry = Object.entries(campaignMap).find(([name]) => foldName(name) === folded);
  const id = entry?.[1] ?? named;
  const byId = await readCampaign(db, { ...within, id });
  if (byId.ok) return byId.value.archivedAt === null ? byId.value.id : null;
  if (entry) return null;
  const all = await listCampaigns(db, { ...within, archived: false, limit: MOST_CAMPAIGNS });
  return all.find(({ name }) => foldName(name) === folded)?.id ?? null;
}

/**
 * The campaign that the fields name, which is taken out of them; null where they name none, or none that is known: what is
 * not known costs no call and is kept as it was written.
 */
export async function campaignIn(
  db: Database,
  connector: Pick<ConnectorRow, "organizationId" | "settings">,
  fields: Map<string, string>,
  known: KnownCampaigns,
): Promise<string | null> {
  const named = fields.get("campaign");
  fields.delete("campaign");
  if (named === undefined) return null;
  const found = await campaignOf(db, connector, named, known);
  if (found === null) fields.set("custom[file_campaign]", named);
  return found;
}
