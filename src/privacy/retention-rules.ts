import { and, asc, eq, gt, sql } from "drizzle-orm";
import { findCampaign } from "../calls";
import { changesOf, runBatch, type Database } from "../db/client";
import { insertRow, writeRow } from "../db/rows";
import { retentionPasses, retentionRules } from "../db/schema";
import { invalid, type DomainError } from "../errors";
import { isLimited, type Act, type Within } from "../identity";
import { err, ok, type Result } from "../lib/result";
import { CLOCKS, clocksOf, MOST_DAYS, type Clock, type Clocks } from "./clocks";

/** The clocks of an organization, and those that campaigns have of their own. */
export type Retention = { organization: Clocks; campaigns: ReadonlyMap<string, Clocks> };

/** Whose clocks: of a campaign, or of the organization where that is null. */
export type RetentionTarget = Within & { campaignId: string | null };

const WHOLE_ORGANIZATION: DomainError = {
  kind: "forbidden",
  message: "This is for whoever reaches the whole organization.",
};

export async function readRetention(db: Database, organizationId: string): Promise<Retention> {
  const rows = await db.select().from(retentionRules).where(eq(retentionRules.organizationId, organizationId));
  const own = rows.filter(({ campaignId }) => campaignId !== "");
  return {
    organization: (rows.find(({ campaignId }) => campaignId === "")?.clocks ?? {}) as Clocks,
    campaigns: new Map(own.map(({ campaignId, clocks }) => [campaignId, clocks as Clocks])),
  };
}

/** What counts for a campaign; for calls without one where that is null. */
export function clocksFor({ organization, campaigns }: Retention, campaignId: string | null) {
  return clocksOf(organization, campaignId === null ? undefined : campaigns.get(campaignId));
}

/**
 * Sets the clocks of the organization or of a campaign; what is left out is as the organization has it, and of the
 * organization does not run out. They are followed from the next night on.
 */
export async function setRetention(
  { db }: { db: Database },
  target: RetentionTarget,
  clocks: Clocks,
  { now }: Act,
): Promise<Result<Retention, DomainError>> {
  const allowed = await checkClocks(db, target, clocks);
  if (!allowed.ok) return allowed;
  const { organizationId, campaignId } = target;
  const place = { organizationId, campaignId: campaignId ?? "" };
  const row = { ...place, clocks: clocks as Record<string, number | null>, version: 1, updatedAt: now };
  const isIts = and(eq(retentionRules.organizationId, organizationId), eq(retentionRules.campaignId, place.campaignId));
  const kept = insertRow(
    retentionRules,
    row,
    sql`TRUE`,
    sql`ON CONFLICT (organization_id, campaign_id) DO UPDATE SET clocks = excluded.clocks,
      version = version + 1, updated_at = excluded.updated_at WHERE clocks IS NOT excluded.clocks`,
  );
  const isNone = Object.keys(clocks).length === 0;
  await runBatch(db, [isNone ? db.delete(retentionRules).where(isIts) : writeRow(db, kept)]);
  return ok(await readRetention(db, organizationId));
}

/** Whether these clocks may be set there, by whoever reaches so far. */
export async function checkClocks(
  db: Database,
  { organizationId, reach, campaignId }: RetentionTarget,
  clocks: Clocks,
): Promise<Result<null, DomainError>> {
  if (isLimited(reach)) return err(WHOLE_ORGANIZATION);
  const wrong = wrongClock(clocks);
  if (wrong) return err(invalid(wrong, `must be a whole number of days from 1 to ${MOST_DAYS}, or null`));
  if (campaignId === null) return ok(null);
  const found = await findCampaign(db, { organizationId, reach, campaignId });
  return found.ok ? ok(null) : found;
}

function wrongClock(clocks: Clocks): Clock | undefined {
  return CLOCKS.find((clock) => {
    const days = clocks[clock];
    return days !== undefined && days !== null && !(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS);
  });
}

/** Organizations whose clocks are set up in one statement. */
const AT_ONCE = 200;

/**
 * Has each clock that runs a pass of its own, from `dueAt` on; those that run no more lose theirs. Gives how many were
 * added.
 */
export async function startPasses(db: Database, dueAt: number): Promise<number> {
  let added = 0;
  for (let after = ""; ;) {
    const ids = await db
      .selectDistinct({ id: retentionRules.organizationId })
      .from(retentionRules)
      .where(gt(retentionRules.organizationId, after))
      .orderBy(asc(retentionRules.organizationId))
      .limit(AT_ONCE);
    for (const { id } of ids) added += await startPassesOf(db, id, dueAt);
    const last = ids.at(-1);
    if (!last || ids.length < AT_ONCE) return added;
    after = last.id;
  }
}

async function startPassesOf(db: Database, organizationId: string, dueAt: number): Promise<number> {
  const retention = await readRetention(db, organizationId);
  const campaigns = await db.all<{ id: string }>(
    sql`SELECT id FROM campaigns WHERE organization_id = ${organizationId}`,
  );
  const wanted = [null, ...campaigns.map(({ id }) => id)].flatMap((campaignId) => {
    const clocks = clocksFor(retention, campaignId);
    // The log of requests is one for all campaigns.
    return CLOCKS.filter((clock) => clock !== "inbound" && clocks[clock] !== null).map((clock) => [
      campaignId ?? "",
      clock,
    ]);
  });
  // It also empties the requests of calls that were erased.
  const hasInbound = [null, ...retention.campaigns.keys()].some((id) => {
    const { inbound, metadata } = clocksFor(retention, id);
    return inbound !== null || metadata !== null;
  });
  if (hasInbound) wanted.push(["", "inbound"]);
  const [result] = await runBatch(db, [
    db.run(sql`INSERT INTO ${retentionPasses} (organization_id, campaign_id, clock, cursor, began_at, due_at, removed)
      SELECT ${organizationId}, value ->> 0, value ->> 1, NULL, ${dueAt}, ${dueAt}, 0
      FROM json_each(${JSON.stringify(wanted)}) WHERE TRUE ON CONFLICT DO NOTHING`),
    db.run(sql`DELETE FROM ${retentionPasses} WHERE organization_id = ${organizationId} AND (campaign_id, clock) NOT IN
      (SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(wanted)}))`),
  ]);
  return changesOf(result);
}
