import { and, eq, gte, lte, sql, type SQL } from "drizzle-orm";
import { runBatch, changesOf, type Database } from "../db/client";
import { insertRow, type RowWrite } from "../db/rows";
import { analyses, engineSpend, spendCaps } from "../db/schema";
import { valueList } from "../db/value-list";
import { stillMine } from "../db/work";
import type { Act } from "../identity";
import type { AnalysisRow } from "./analyses";
import { isOpenRun, type EngineRun } from "./engine-run";
import { analysisWork, withRun } from "./work";

/** Millionths of a US dollar. */
export const MICROS = 1_000_000;

const ADDED = sql`ON CONFLICT DO UPDATE SET audio_ms = audio_ms + excluded.audio_ms, micros = micros + excluded.micros`;

/** The month of a moment, in months since 1970 in UTC. */
export function monthNumber(now: number): number {
  const date = new Date(now);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** What so much sound costs, rounded up. */
export function costOf(audioMs: number, microsPerMinute: number): number {
  return Math.ceil((audioMs * microsPerMinute) / 60_000);
}

/** Sound in milliseconds, and what it costs in millionths of a dollar. */
export type Cost = { audioMs: number; micros: number };

/** Where the organization's limit forbids a request; and as runs name it. */
export const CAP_REACHED = {
  kind: "spend_cap",
  detail: "the organization's limit for this month would be passed",
} as const;
export const SPEND_CAP = `${CAP_REACHED.kind}: ${CAP_REACHED.detail}`;

/**
 * Counts what is about to be sent, beside what was counted for the run before, in the row of the analysis and in the
 * organization's month, unless that is more than its cap. Undefined where it is, or where the claim was lost. In one batch,
 * so that nothing is counted twice; nothing is written of what costs nothing.
 */
export async function reserveSpend(
  db: Database,
  claimed: AnalysisRow,
  run: EngineRun,
  { audioMs, micros }: Cost,
  now: number,
): Promise<EngineRun | undefined> {
  // What is added to a run stays in the month in which its first was counted, so that one month gets back what is left.
  const month = run.month ?? monthNumber(now);
  const reserved = { ...run, audioMs: (run.audioMs ?? 0) + audioMs, micros: (run.micros ?? 0) + micros, month };
  if (micros === 0) return reserved;
  const { organizationId } = claimed;
  const cap = await readSpendCap(db, organizationId);
  const packed = JSON.stringify(withRun(claimed, reserved).engines);
  const spent = sql`(SELECT coalesce(sum(micros), 0) FROM ${engineSpend}
    WHERE organization_id = ${organizationId} AND month = ${month})`;
  const isAllowed = cap === null ? undefined : sql`${spent} + ${micros} <= ${cap}`;
  const [noted] = await runBatch(db, [
    db.run(sql`UPDATE ${analyses} SET engines = ${packed} WHERE ${and(stillMine(analysisWork, claimed), isAllowed)}`),
    db.run(sql`
      INSERT INTO ${engineSpend} (organization_id, month, engine, audio_ms, micros)
      SELECT ${organizationId}, ${month}, ${run.engine}, ${audioMs}, ${micros}
      WHERE EXISTS (SELECT 1 FROM ${analyses} WHERE ${and(stillMine(analysisWork, claimed), sql`engines = ${packed}`)})
      ${ADDED}`),
  ]);
  return changesOf(noted) > 0 ? reserved : undefined;
}

/** Counts what is about to be sent and belongs to no row; false, and nothing, where the organization's limit is passed. */
export async function countSpend(
  db: Database,
  organizationId: string,
  { engine, audioMs, micros, month }: { engine: string; audioMs: number; micros: number; month: number },
): Promise<boolean> {
  if (micros === 0) return true;
  const cap = await readSpendCap(db, organizationId);
  const spent = sql`(SELECT coalesce(sum(micros), 0) FROM ${engineSpend}
    WHERE organization_id = ${organizationId} AND month = ${month})`;
  const [counted] = await runBatch(db, [
    db.run(sql`INSERT INTO ${engineSpend} (organization_id, month, engine, audio_ms, micros)
      SELECT ${organizationId}, ${month}, ${engine}, ${audioMs}, ${micros}
      WHERE ${cap === null ? sql`TRUE` : sql`${spent} + ${micros} <= ${cap}`}
      ${ADDED}`),
  ]);
  return changesOf(counted) > 0;
}

/** What was counted and not sent after all. */
export type Refund = Cost & { organizationId: string; month: number; engine: string };

/**
 * The write that takes it off again, where `when` is true. An insert that meets the row that is there: an update over the
 * refunds of several calls would take off that of one of them.
 */
export function giveBack({ organizationId, month, engine, audioMs, micros }: Refund, when: SQL): RowWrite {
  return insertRow(
    engineSpend,
    { organizationId, month, engine, audioMs: -audioMs, micros: -micros },
    sql`${when} AND EXISTS (SELECT 1 FROM ${engineSpend}
      WHERE organization_id = ${organizationId} AND month = ${month} AND engine = ${engine})`,
    ADDED,
  );
}

/** A run that has ended, with what was used of what had been counted for it, and what of that is to be given back. */
export function settleRun(organizationId: string, run: EngineRun, used: Cost): { run: EngineRun; refund?: Refund } {
  const over = { audioMs: (run.audioMs ?? 0) - used.audioMs, micros: (run.micros ?? 0) - used.micros };
  const settled = run.micros === null && used.audioMs === 0 ? run : { ...run, ...used };
  if (run.month === null || over.micros <= 0) return { run: settled };
  return { run: settled, refund: { organizationId, month: run.month, engine: run.engine, ...over } };
}

/**
 * The runs with what scores cost counted in this month, and the writes of it where `when` is true: of runs that a Worker
 * asked which did not count before it asked.
 */
export function countScores(
  organizationId: string,
  runs: readonly EngineRun[],
  now: number,
): { runs: EngineRun[]; writes(when: SQL): RowWrite[] } {
  const month = monthNumber(now);
  const isNew = (run: EngineRun) =>
    run.kind === "scores" && !isOpenRun(run) && run.month === null && (run.micros ?? 0) > 0;
  return {
    runs: runs.map((run) => (isNew(run) ? { ...run, month } : run)),
    writes: (when) =>
      runs
        .filter(isNew)
        .map(({ engine, audioMs, micros }) =>
          insertRow(
            engineSpend,
            { organizationId, month, engine, audioMs: audioMs ?? 0, micros: micros ?? 0 },
            when,
            ADDED,
          ),
        ),
  };
}

export type Spend = { engine: string; audioMs: number; micros: number };

/** What each engine cost an organization in a month. */
export function readSpend(db: Database, organizationId: string, month: number): Promise<Spend[]> {
  return db
    .select({ engine: engineSpend.engine, audioMs: engineSpend.audioMs, micros: engineSpend.micros })
    .from(engineSpend)
    .where(and(eq(engineSpend.organizationId, organizationId), eq(engineSpend.month, month)))
    .orderBy(engineSpend.engine);
}

/** What each engine cost an organization in each month of a span, both ends included, in order. */
export function readSpendByMonth(
  db: Database,
  organizationId: string,
  { from, last }: { from: number; last: number },
): Promise<(Spend & { month: number })[]> {
  return db
    .select({
      month: engineSpend.month,
      engine: engineSpend.engine,
      audioMs: engineSpend.audioMs,
      micros: engineSpend.micros,
    })
    .from(engineSpend)
    .where(
      and(eq(engineSpend.organizationId, organizationId), gte(engineSpend.month, from), lte(engineSpend.month, last)),
    )
    .orderBy(engineSpend.month, engineSpend.engine);
}

/** What all engines cost each of these organizations in a month, in micros; without those for which nothing was counted. */
export async function sumSpend(
  db: Database,
  organizationIds: readonly string[],
  month: number,
): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: engineSpend.organizationId, micros: sql<number>`sum(${engineSpend.micros})` })
    .from(engineSpend)
    .where(and(sql`${engineSpend.organizationId} IN ${valueList(organizationIds)}`, eq(engineSpend.month, month)))
    .groupBy(engineSpend.organizationId);
  return new Map(rows.map(({ id, micros }) => [id, micros]));
}

/** The most that engines may cost in a month, in micros; null for no limit. */
export async function readSpendCap(db: Database, organizationId: string): Promise<number | null> {
  const row = await db
    .select({ micros: spendCaps.microsPerMonth })
    .from(spendCaps)
    .where(eq(spendCaps.organizationId, organizationId))
    .get();
  return row?.micros ?? null;
}

export async function setSpendCap(
  { db }: { db: Database },
  organizationId: string,
  microsPerMonth: number | null,
  { now }: Act,
): Promise<void> {
  if (microsPerMonth === null) await db.delete(spendCaps).where(eq(spendCaps.organizationId, organizationId));
  else
    await db
      .insert(spendCaps)
      .values({ organizationId, microsPerMonth, createdAt: now })
      .onConflictDoUpdate({ target: spendCaps.organizationId, set: { microsPerMonth } });
}
