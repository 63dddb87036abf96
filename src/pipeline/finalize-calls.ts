import { asc, lte, and, sql } from "drizzle-orm";
import { RANKS } from "../calls";
import { calls } from "../db/schema";
import { mergeCalls } from "./merge-calls";
import type { FollowDeps } from "./follow";
import type { MergeDeps } from "./plan-call";

const AT_ONCE = 100;

/**
 * Ends the calls whose end never came: as completed when they are known to have been answered, else as failed. If the
 * platform's own end still comes, it outranks this one and is recorded as a correction.
 */
export async function finalizeCalls(deps: MergeDeps & FollowDeps, now: number): Promise<void> {
  const { db } = deps;
  const overdue = await db
    .select({
      id: calls.id,
      organizationId: calls.organizationId,
      sourceId: calls.sourceId,
      sourceKind: calls.sourceKind,
      externalId: calls.externalId,
      answeredAt: calls.answeredAt,
      talkSeconds: calls.talkSeconds,
    })
    .from(calls)
    // Written out, not bound: SQLite uses a partial index only for a literal it can see.
    .where(and(sql`${calls.state} = 'in_progress'`, lte(calls.finalizeAt, now)))
    .orderBy(asc(calls.finalizeAt))
    .limit(AT_ONCE);
  if (overdue.length === 0) return;
  const reported = overdue.map((call) => ({
    key: {
      id: call.id,
      organizationId: call.organizationId,
      sourceId: call.sourceId,
      sourceKind: call.sourceKind,
      externalId: call.externalId,
    },
    sourceCampaignId: null,
    campaignOfAccount: {},
    campaign: "stays" as const,
    notices: [
      {
        facts: {
          externalId: call.externalId,
          outcome: call.answeredAt === null && call.talkSeconds === null ? ("failed" as const) : ("completed" as const),
          error: "the platform never said that this call ended",
          recordings: [],
        },
        receivedAt: now,
        replay: false,
        rank: RANKS.finalizer,
      },
    ],
  }));
  await mergeCalls(deps, reported, () => [], now);
}
