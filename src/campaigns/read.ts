import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns } from "../db/schema";
import { notFound, type DomainError } from "../errors";
import { err, ok, type Result } from "../lib/result";
import type { CampaignRow } from "./create";

/** One campaign of the organization. */
export async function readCampaign(
  db: Database,
  target: { organizationId: string; id: string },
): Promise<Result<CampaignRow, DomainError>> {
  const row = await db
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, target.organizationId), eq(campaigns.id, target.id)))
    .get();
  return row ? ok(row) : err(notFound("campaign"));
}
