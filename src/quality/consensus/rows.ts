import { sql, type SQL } from "drizzle-orm";
import { taskIdOf } from "../../calls";
import { consensuses, type OpinionSettings } from "../../db/schema";
import type { ConsensusSnapshot } from "../../events";
import { toIso } from "../../lib/time";
import type { TaskRow } from "../tasks";

export type ConsensusRow = typeof consensuses.$inferSelect;

/** Most reviews by different people that one call can need. */
export const MOST_OPINIONS = 5;

/** What is done where nobody says otherwise: those of a second opinion that somebody asks for. */
export const USUAL_OPINIONS: OpinionSettings = {
  wanted: 2,
  maxSpread: 10,
  rule: "mean",
  whenApart: "another",
  blind: true,
};

/** The consensus of a call whose reviewers are not done. */
export function openConsensus(
  { organizationId, callId }: Pick<TaskRow, "organizationId" | "callId">,
  { wanted, maxSpread, rule, whenApart }: Omit<OpinionSettings, "blind">,
  { askedBy, writer, now }: { askedBy: string; writer: string; now: number },
): ConsensusRow {
  const asked = { organizationId, callId, state: "open" as const, wanted, maxSpread, rule, whenApart, askedBy };
  return { ...asked, ...NOTHING_FOUND, createdAt: now, writer };
}

/** What a consensus has before anything is found. */
export const NOTHING_FOUND = {
  spread: null,
  score: null,
  passed: null,
  reviewIds: null,
  differing: null,
  decidedAt: null,
  decidedBy: null,
  reason: null,
} satisfies Partial<ConsensusRow>;

/** The public shape of a consensus. While its reviewers must not know it, what was found is left out. */
export function snapshotConsensus(
  row: ConsensusRow,
  { campaignId, operatorId }: Pick<TaskRow, "campaignId" | "operatorId">,
  isWithheld = false,
): ConsensusSnapshot {
  const { spread, score, passed, reviewIds, differing } = isWithheld ? NOTHING_FOUND : row;
  return {
    task_id: taskIdOf(row.callId),
    call_id: row.callId,
    campaign_id: campaignId,
    operator_id: operatorId,
    state: row.state,
    wanted: row.wanted,
    max_spread: row.maxSpread,
    rule: row.rule,
    spread,
    score,
    passed,
    review_ids: reviewIds ?? [],
    differing: differing ?? [],
    decided_by: row.decidedBy,
    reason: row.reason,
    decided_at: toIso(row.decidedAt),
  };
}

/** SQL that is true while the consensus of a call is as it was read; null: there is none. */
export function stillAt(
  { organizationId, callId }: Pick<TaskRow, "organizationId" | "callId">,
  writer: string | null,
): SQL {
  return sql`(SELECT writer FROM ${consensuses} WHERE organization_id = ${organizationId} AND call_id = ${callId})
    IS ${writer}`;
}
