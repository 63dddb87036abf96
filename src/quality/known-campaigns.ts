import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns } from "../db/schema";
import { valueList } from "../db/value-list";
import { invalid, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";

/** Whether an organization has all campaigns that something of it is to be for. Null: for all of them. */
export async function checkCampaigns(
  db: Database,
  organizationId: string,
  ids: readonly string[] | null,
): Promise<Result<void, DomainError>> {
  if (ids === null) return ok(undefined);
  const found = await db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), inArray(campaigns.id, valueList(ids))));
  return found.length === new Set(ids).size
    ? ok(undefined)
    : err(invalid("campaign_ids", "names a campaign that this organization does not have"));
}
