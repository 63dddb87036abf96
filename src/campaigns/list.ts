import { and, asc, eq, gt, isNotNull, isNull, type SQL } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns } from "../db/schema";
import type { CampaignRow } from "./create";

/** Where a list goes on: after the campaign with this number. */
export type CampaignPosition = { number: number };

/** The organization's campaigns by number. */
export async function listCampaigns(
  db: Database,
  query: { organizationId: string; archived?: boolean; limit: number; after?: CampaignPosition },
): Promise<CampaignRow[]> {
  return db
    .select()
    .from(campaigns)
    .where(
      and(
        eq(campaigns.organizationId, query.organizationId),
        archivedIs(query.archived),
        query.after && gt(campaigns.number, query.after.number),
      ),
    )
    .orderBy(asc(campaigns.number))
    .limit(query.limit);
}

function archivedIs(archived: boolean | undefined): SQL | undefined {
  if (archived === undefined) return undefined;
  return archived ? isNotNull(campaigns.archivedAt) : isNull(campaigns.archivedAt);
}
