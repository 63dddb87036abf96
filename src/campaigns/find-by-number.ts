import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { campaigns } from "../db/schema";
import type { CampaignRow } from "./create";

/** The campaign people call "#N", archived or not: what an archived one means is for the caller to decide. */
export async function findCampaignByNumber(
  db: Database,
  organizationId: string,
  number: number,
): Promise<CampaignRow | undefined> {
  return db
    .select()
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), eq(campaigns.number, number)))
    .get();
}
