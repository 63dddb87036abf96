import { eq, sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { runBatch, type Database } from "../db/client";
import type { Query } from "../db/read-together";
import { campaigns, organizations, PII_KINDS, type CampaignSettings, type PiiKind } from "../db/schema";
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

/** Whether originals are deleted after a change of the settings that were kept before: nothing brings them back. */
export function deletesMore(
  { dropOriginals }: Pick<CampaignSettings, "dropOriginals">,
  wanted: boolean | undefined,
): boolean {
  return wanted === true && dropOriginals !== true;
}

/**
 * The query for what organizations take out of calls that have no campaign, for a statement of several: those of them that
 * take out anything. `among`: SQL for a list of their ids.
 */
export function defaultRedactions(among: SQL): Query<{ id: string; redact: readonly PiiKind[] | null }> {
  const { id, redact } = organizations;
  return { columns: { id, redact }, from: sql`FROM ${organizations} WHERE id IN ${among} AND redact IS NOT NULL` };
}

/** What an organization takes out of calls, and each of its campaigns that takes out anything. */
export type Redactions = { organization: readonly PiiKind[]; campaigns: ReadonlyMap<string, readonly PiiKind[]> };

export async function readRedactions(db: Database, organizationId: string): Promise<Redactions> {
  const [organization, rows] = await Promise.all([
    readDefaultRedaction(db, organizationId),
    db.all<{ id: string; kinds: string }>(sql`
      SELECT id, coalesce(settings -> '$.redact', settings -> '$.redactDefault') AS kinds FROM ${campaigns}
        WHERE organization_id = ${organizationId} AND coalesce(settings -> '$.redact', settings -> '$.redactDefault', '[]') <> '[]'`),
  ]);
  return { organization, campaigns: new Map(rows.map(({ id, kinds }) => [id, kindList.parse(JSON.parse(kinds))])) };
}

const kindList = z.array(z.enum(PII_KINDS));

/** Whether an organization takes anything out of any of its calls. */
export async function redactsAnything(db: Database, organizationId: string): Promise<boolean> {
  const { organization, campaigns: own } = await readRedactions(db, organizationId);
  return organization.length > 0 || own.size > 0;
}

/** SQL for what is to be taken out of a call now, as the text of a list; null for nothing. */
export function redactionOfCall(callId: string): SQL {
  return sql`(SELECT CASE WHEN call.campaign_id IS NULL
      THEN (SELECT redact FROM ${organizations} WHERE id = call.organization_id)
      ELSE (SELECT coalesce(settings -> '$.redact', settings -> '$.redactDefault') FROM ${campaigns}
        WHERE id = call.campaign_id) END
    FROM calls AS call WHERE call.id = ${callId})`;
}

/** What that says. */
export function redactedBy(text: string | null): readonly PiiKind[] {
  return text === null ? [] : kindList.parse(JSON.parse(text));
}

/** What is taken out of the calls of a campaign; of those that have none, what the organization says. */
export function redactedOf(redactions: Redactions, campaignId: string | null): readonly PiiKind[] {
  return campaignId === null ? redactions.organization : (redactions.campaigns.get(campaignId) ?? []);
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
