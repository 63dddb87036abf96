import { and, eq, gte, lt, sql, type SQL, type SQLWrapper } from "drizzle-orm";
import type { Database } from "../db/client";
import { usageDays, usageDeliveries, usageEngines } from "../db/schema";
import type { Counted } from "./costs";

/** Days are numbers of days since 1970, in UTC; `until` is not included. */
export type Span = { organizationId: string; from: number; until: number };

/** `bytes` is the audio that was kept at the end, of all that was recorded until then. */
export type Used = Counted & { bytes: number };
export type UsedOnDay = Used & { day: number };
/**
 * `campaignId` is null for calls without one. Deliveries are not counted by campaign: an endpoint's hours have none.
 * `engineMicros`: what engines were sent of its calls costs, in millionths of a dollar.
 */
export type UsedByCampaign = Omit<Used, "delivered" | "attempts"> & { campaignId: string | null; engineMicros: number };
export type UsedEngine = { engine: string; analyses: number; audioMs: number };

/** Campaigns of one answer, those with most calls first. */
export const MOST_CAMPAIGNS = 1_000;

/** What was used on each day of a span, in order. */
export async function usageByDay(db: Database, span: Span): Promise<UsedOnDay[]> {
  const { from, until } = span;
  // What was kept before the span stands under the day before it.
  const day = sql<number>`max(${usageDays.day}, ${from - 1})`;
  const [[counted, heard], delivered] = await Promise.all([
    db.batch([
      db
        .select({
          day,
          calls: sum(usageDays.calls),
          recordings: sum(usageDays.recordings),
          bytes: sum(usageDays.bytes),
        })
        .from(usageDays)
        .where(before(usageDays, span))
        .groupBy(day),
      db
        .select({ day: usageEngines.day, analyses: sum(usageEngines.analyses), audioMs: sum(usageEngines.audioMs) })
        .from(usageEngines)
        .where(within(usageEngines, span))
        .groupBy(usageEngines.day),
    ]),
    db.select().from(usageDeliveries).where(within(usageDeliveries, span)),
  ]);
  const byDay = <T extends { day: number }>(rows: T[]) => new Map(rows.map((row) => [row.day, row]));
  const [days, engines, deliveries] = [byDay(counted), byDay(heard), byDay(delivered)];
  let bytes = days.get(from - 1)?.bytes ?? 0;
  return Array.from({ length: Math.max(0, until - from) }, (_, index) => {
    const at = from + index;
    bytes += days.get(at)?.bytes ?? 0;
    return {
      day: at,
      calls: days.get(at)?.calls ?? 0,
      recordings: days.get(at)?.recordings ?? 0,
      analyses: engines.get(at)?.analyses ?? 0,
      audioMs: engines.get(at)?.audioMs ?? 0,
      delivered: deliveries.get(at)?.delivered ?? 0,
      attempts: deliveries.get(at)?.attempts ?? 0,
      bytes,
      byteDays: bytes,
    };
  });
}

/** What the calls of each campaign used in a span, those with most calls first. */
export async function usageByCampaign(db: Database, span: Span): Promise<UsedByCampaign[]> {
  const { from, until } = span;
  const inSpan = (column: SQLWrapper) =>
    sql<number>`coalesce(sum(${column}) FILTER (WHERE ${gte(usageDays.day, from)}), 0)`;
  const calls = inSpan(usageDays.calls);
  const [counted, heard] = await db.batch([
    db
      .select({
        campaignId: usageDays.campaignId,
        calls,
        recordings: inSpan(usageDays.recordings),
        bytes: sum(usageDays.bytes),
        byteDays: sql<number>`sum(${usageDays.bytes} * (${until} - max(${usageDays.day}, ${from})))`,
      })
      .from(usageDays)
      .where(before(usageDays, span))
      .groupBy(usageDays.campaignId)
      .orderBy(sql`${calls} DESC, ${usageDays.campaignId}`)
      .limit(MOST_CAMPAIGNS + 1),
    db
      .select({
        campaignId: usageEngines.campaignId,
        analyses: sum(usageEngines.analyses),
        audioMs: sum(usageEngines.audioMs),
        micros: sum(usageEngines.micros),
      })
      .from(usageEngines)
      .where(within(usageEngines, span))
      .groupBy(usageEngines.campaignId),
  ]);
  const engines = new Map(heard.map((row) => [row.campaignId, row]));
  return counted.map(({ campaignId, ...rest }) => ({
    ...rest,
    analyses: engines.get(campaignId)?.analyses ?? 0,
    audioMs: engines.get(campaignId)?.audioMs ?? 0,
    engineMicros: engines.get(campaignId)?.micros ?? 0,
    campaignId: campaignId === "" ? null : campaignId,
  }));
}

/** What each engine analysed in a span. */
export function usageByEngine(db: Database, span: Span): Promise<UsedEngine[]> {
  return db
    .select({ engine: usageEngines.engine, analyses: sum(usageEngines.analyses), audioMs: sum(usageEngines.audioMs) })
    .from(usageEngines)
    .where(within(usageEngines, span))
    .groupBy(usageEngines.engine)
    .orderBy(usageEngines.engine);
}

/** The use of all days together. */
export function sumOf(days: readonly UsedOnDay[]): Used {
  const of = (name: keyof Used) => days.reduce((sofar, day) => sofar + day[name], 0);
  return {
    calls: of("calls"),
    recordings: of("recordings"),
    analyses: of("analyses"),
    audioMs: of("audioMs"),
    delivered: of("delivered"),
    attempts: of("attempts"),
    byteDays: of("byteDays"),
    bytes: days.at(-1)?.bytes ?? 0,
  };
}

function sum(column: SQLWrapper): SQL<number> {
  return sql<number>`coalesce(sum(${column}), 0)`;
}

function before(table: typeof usageDays, { organizationId, until }: Span): SQL | undefined {
  return and(eq(table.organizationId, organizationId), lt(table.day, until));
}

function within(table: typeof usageEngines | typeof usageDeliveries, { organizationId, from, until }: Span) {
  return and(eq(table.organizationId, organizationId), gte(table.day, from), lt(table.day, until));
}
