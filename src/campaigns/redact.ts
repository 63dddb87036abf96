import { eq, sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { campaigns, organizations, type CampaignSettings, type PiiKind } from "../db/schema";
import { redactedIn } from "./rules";

/** Whether less is taken out of calls after a change of the settings than before: who wants that must be allowed to hear all. */
export function redactsLess(
  settings: Pick<CampaignSettings, "redact" | "redactDefault">,
  redact: readonly PiiKind[] | null | undefined,
): boolean {
  if (redact === undefined) return false;
  const after = redact ?? settings.redactDefault ?? [];
  return redactedIn({ autoAnalyze: true, ...settings }).some((kind) => !after.includes(kind));
}

/** What an organization takes out of the calls of campaigns that say nothing themselves. */
export async function readDefaultRedaction(db: Database, organizationId: string): Promise<readonly PiiKind[]> {
  const row = await db
    .select({ redact: organizations.redact })
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .get();
  return row?.redact ?? [];
}

/**
 * Sets it, with the copy that each of its campaigns has, so that nobody has to read the organization to know what holds for
 * a call. It holds for calls from then on, also for those without a campaign.
 */
export async function setDefaultRedaction(
  { db }: { db: Database },
  organizationId: string,
  kinds: readonly PiiKind[],
): Promise<void> {
  const written = JSON.stringify(kinds);
  await runBatch(db, [
    db
      .update(organizations)
      .set({ redact: kinds.length === 0 ? null : [...kinds] })
      .where(eq(organizations.id, organizationId)),
    db
      .update(campaigns)
      .set({ settings: sql`json_set(${campaigns.settings}, '$.redactDefault', json(${written}))` })
      .where(eq(campaigns.organizationId, organizationId)),
  ]);
}
