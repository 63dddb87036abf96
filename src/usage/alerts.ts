import { and, asc, eq, gt, inArray, isNotNull, sql } from "drizzle-orm";
import { runBatch, type Database } from "../db/client";
import { writeRow } from "../db/rows";
import { organizations, usageAlerts, usageDays, usageDeliveries, usageEngines } from "../db/schema";
import { valueList } from "../db/value-list";
import { MICROS, monthNumber, sumSpend } from "../analysis";
import { noteCause } from "../identity";
import { DAY, toIso } from "../lib/time";
import { usageOf, type Counted } from "./costs";
import { monthOf, type Month } from "./month";
import { dollarsFor } from "./prices";

export type UsageAlertRow = typeof usageAlerts.$inferSelect;

/** Organizations whose use is summed up in one statement. */
const AT_ONCE = 200;

/**
 * Has people notified of organizations whose estimated cost of this month, engines included, came to their amount: once a month,
 * and again once it comes to an amount that was raised since. Gives how many organizations it was.
 */
export async function raiseUsageAlerts(db: Database, now: number): Promise<number> {
  const month = monthOf(now);
  let raised = 0;
  let after = "";
  for (;;) {
    const waiting = await db
      .select({ id: organizations.id, dollars: organizations.usageAlertDollars })
      .from(organizations)
      .where(and(gt(organizations.id, after), isNotNull(organizations.usageAlertDollars)))
      .orderBy(asc(organizations.id))
      .limit(AT_ONCE);
    const last = waiting.at(-1);
    if (!last) return raised;
    after = last.id;
    raised += await raiseAmong(db, waiting, month, now);
  }
}

/** Whether a month that came to an amount already notifies once more: only for a greater one. */
export function mayAlertAgain(alert: Pick<UsageAlertRow, "dollars">, amount: number): boolean {
  return amount > alert.dollars;
}

/** The last alert of a month, where there was one. */
export async function readUsageAlert(
  db: Database,
  { organizationId, month }: { organizationId: string; month: Month },
): Promise<UsageAlertRow | undefined> {
  const named = and(eq(usageAlerts.organizationId, organizationId), eq(usageAlerts.month, month.from));
  return db.select().from(usageAlerts).where(named).get();
}

type Waiting = { id: string; dollars: number | null };

async function raiseAmong(db: Database, waiting: readonly Waiting[], month: Month, now: number): Promise<number> {
  const ids = waiting.map(({ id }) => id);
  const span = { from: month.from, until: Math.min(month.until, Math.floor(now / DAY) + 1) };
  const [used, spent] = [await usedIn(db, ids, span), await sumSpend(db, ids, monthNumber(now))];
  const crossed = waiting.flatMap(({ id, dollars }) => {
    const counts = used.get(id);
    const cost = (counts ? dollarsFor(usageOf(counts)) : 0) + (spent.get(id) ?? 0) / MICROS;
    return dollars !== null && cost >= dollars ? [{ id, dollars }] : [];
  });
  let raised = 0;
  for (const { id: organizationId, dollars } of crossed) {
    // As in mayAlertAgain.
    const isNew = sql`NOT EXISTS (SELECT 1 FROM ${usageAlerts}
      WHERE organization_id = ${organizationId} AND month = ${month.from} AND dollars >= ${dollars})`;
    const nowhere = { campaignId: null, operatorId: null, teamId: null };
    const subjectId = toIso(month.from * DAY).slice(0, 10);
    const cause = { organizationId, kind: "usage_alert" as const, subjectId, ...nowhere, createdAt: now };
    const [, alert] = await runBatch(db, [
      writeRow(db, noteCause(cause, isNew, dollars)),
      db
        .insert(usageAlerts)
        .values({ organizationId, month: month.from, dollars, crossedAt: now })
        .onConflictDoUpdate({
          target: [usageAlerts.organizationId, usageAlerts.month],
          set: { dollars, crossedAt: now },
          setWhere: sql`${usageAlerts.dollars} < ${dollars}`,
        }),
    ]);
    raised += alert?.meta.changes ?? 0;
  }
  return raised;
}

/** What each of these organizations used in a span of days. */
async function usedIn(db: Database, ids: readonly string[], span: Month): Promise<Map<string, Counted>> {
  const { from, until } = span;
  const ours = valueList(ids);
  const counted = await db.all<Counted & { id: string }>(sql`
    SELECT organization_id AS id, coalesce(sum(calls) FILTER (WHERE day >= ${from}), 0) AS calls,
      coalesce(sum(recordings) FILTER (WHERE day >= ${from}), 0) AS recordings,
      coalesce(sum(bytes * (${until} - max(day, ${from}))), 0) AS byteDays, 0 AS analyses, 0 AS audioMs,
      0 AS delivered, 0 AS attempts
    FROM ${usageDays} WHERE ${inArray(usageDays.organizationId, ours)} AND day < ${until} GROUP BY 1`);
  const heard = await db.all<Pick<Counted, "analyses" | "audioMs"> & { id: string }>(sql`
    SELECT organization_id AS id, sum(analyses) AS analyses, sum(audio_ms) AS audioMs FROM ${usageEngines}
    WHERE ${inArray(usageEngines.organizationId, ours)} AND day >= ${from} AND day < ${until} GROUP BY 1`);
  const sent = await db.all<Pick<Counted, "delivered" | "attempts"> & { id: string }>(sql`
    SELECT organization_id AS id, sum(delivered) AS delivered, sum(attempts) AS attempts FROM ${usageDeliveries}
    WHERE ${inArray(usageDeliveries.organizationId, ours)} AND day >= ${from} AND day < ${until} GROUP BY 1`);
  const none = { calls: 0, recordings: 0, analyses: 0, audioMs: 0, delivered: 0, attempts: 0, byteDays: 0 };
  const all = new Map<string, Counted>();
  for (const { id, ...counts } of [...counted, ...heard, ...sent]) all.set(id, { ...none, ...all.get(id), ...counts });
  return all;
}
