import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Database } from "../db/client";
import { tagCounts } from "../db/schema";
import { valueList } from "../db/value-list";
import type { Within } from "../identity";

/** A tag and how many calls within reach have it. */
export type TagCount = { tag: string; calls: number };

/** The position of a page: after this tag. */
export type TagPosition = { tag: string };

/** The tags of an organization's calls within reach, in order. Reads counters, and no call. */
export async function listTags(
  db: Database,
  { organizationId, reach, limit, after }: Within & { limit: number; after?: TagPosition },
): Promise<TagCount[]> {
  const { campaigns, operators } = reach;
  return db
    .select({ tag: tagCounts.tag, calls: sql<number>`sum(${tagCounts.calls})` })
    .from(tagCounts)
    .where(
      and(
        eq(tagCounts.organizationId, organizationId),
        after && gt(tagCounts.tag, after.tag),
        campaigns === null ? undefined : sql`${tagCounts.campaignId} IN ${valueList(campaigns)}`,
        operators === null ? undefined : sql`${tagCounts.operatorId} IN ${valueList(operators)}`,
      ),
    )
    .groupBy(tagCounts.tag)
    .orderBy(asc(tagCounts.tag))
    .limit(limit);
}
