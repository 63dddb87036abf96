import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/client";
import {
  campaigns,
  consensuses,
  reviews,
  scorecards,
  type CampaignSettings,
  type OpinionSettings,
} from "../../db/schema";
import { valueList } from "../../db/value-list";
import type { ScorecardDefinition } from "../scorecards";
import { reviewOf, type ReviewRow } from "../reviews/rows";
import type { TaskRow } from "../tasks";
import { USUAL_OPINIONS, type ConsensusRow } from "./rows";

/** What is known of a call whose reviews are by several people. */
export type KnownOpinions = {
  consensus: ConsensusRow | null;
  done: ReviewRow[];
  /** What its campaign wants now. */
  asked: Omit<OpinionSettings, "blind">;
  /** The pass mark of the scorecard that they were judged by; null where there is no completed review. */
  passPercent: number | null;
};

/** The opinions of calls of an organization, by the ids of the calls: one round trip. */
export async function readOpinionsOf(
  db: Database,
  organizationId: string,
  of: readonly TaskRow[],
): Promise<Map<string, KnownOpinions>> {
  if (of.length === 0) return new Map();
  const calls = valueList(of.map(({ callId }) => callId));
  const isDone = and(
    eq(reviews.organizationId, organizationId),
    inArray(reviews.callId, calls),
    eq(reviews.state, "completed"),
  );
  const [rows, done, settings, cards] = await db.batch([
    db
      .select()
      .from(consensuses)
      .where(and(eq(consensuses.organizationId, organizationId), inArray(consensuses.callId, calls))),
    db.select().from(reviews).where(isDone).orderBy(reviews.completedAt, reviews.id),
    db
      .select({ id: campaigns.id, settings: campaigns.settings })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.organizationId, organizationId),
          inArray(campaigns.id, valueList(of.flatMap(({ campaignId }) => campaignId ?? []))),
        ),
      ),
    db
      .select({ id: scorecards.id, version: scorecards.version, definition: scorecards.definition })
      .from(scorecards)
      .where(
        and(
          eq(scorecards.organizationId, organizationId),
          sql`(id, version) IN (SELECT scorecard_id, scorecard_version FROM ${reviews} WHERE ${inArray(reviews.callId, calls)})`,
        ),
      ),
  ]);
  return new Map(
    of.map((task) => {
      const ofCall = done.filter(({ callId }) => callId === task.callId).map(reviewOf);
      const [first] = ofCall;
      const card = cards.find(({ id, version }) => id === first?.scorecardId && version === first.scorecardVersion);
      const known = {
        consensus: rows.find(({ callId }) => callId === task.callId) ?? null,
        done: ofCall,
        asked: askedIn(settings.find(({ id }) => id === task.campaignId)?.settings, task.wanted),
        passPercent: card ? (card.definition as ScorecardDefinition).pass_percent : null,
      };
      return [task.callId, known];
    }),
  );
}

function askedIn(settings: CampaignSettings | undefined, wanted: number): Omit<OpinionSettings, "blind"> {
  const { blind: _, ...asked } = settings?.reviewing?.opinions ?? USUAL_OPINIONS;
  return { ...asked, wanted };
}
