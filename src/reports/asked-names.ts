import { and, eq } from "drizzle-orm";
import type { Database } from "../db/client";
import { memberships } from "../db/schema";
import { isLimited, type Within } from "../identity";
import { DAY } from "../lib/time";
import { readOperator } from "../operators";
import { namesOfReports } from "./names";
import { reportBy, type Dimension, type ReportFilter } from "./read";

/** Roll-ups of so many days are looked through for a team or a reviewer: as many as a report is of at most. */
const DAYS = 3_660;

const FILTERED: Record<Dimension, keyof ReportFilter> = {
  campaign: "campaignId",
  operator: "operatorId",
  team: "teamId",
  reviewer: "reviewerId",
};

/**
 * The names of what somebody asks for by id, as an address may hold: of what is beyond their reach, or another
 * organization's, there is none, as of what never was. Two round trips at most.
 */
export async function namesAskedFor(
  db: Database,
  within: Within,
  asked: Partial<Record<Dimension, string | undefined>>,
  now: number,
): Promise<ReadonlyMap<string, string>> {
  const ids = Object.entries(asked).flatMap(([dimension, id]) =>
    id === undefined ? [] : [{ dimension: dimension as Dimension, id }],
  );
  const areKnown = await Promise.all(ids.map((one) => isKnown(db, within, one, now)));
  const known = ids.filter((_, at) => areKnown[at]);
  return namesOfReports(
    db,
    within.organizationId,
    Object.fromEntries(known.map(({ dimension, id }) => [dimension, [id]])),
  );
}

/** Whether somebody with this reach may know that there is such a thing. */
async function isKnown(
  db: Database,
  within: Within,
  { dimension, id }: { dimension: Dimension; id: string },
  now: number,
): Promise<boolean> {
  const { organizationId, reach } = within;
  if (dimension === "campaign") return reach.campaigns === null || reach.campaigns.includes(id);
  if (dimension === "operator") return !isLimited(reach) || (await readOperator(db, { ...within, id })).ok;
  if (!isLimited(reach)) {
    // Teams are looked up in the organization alone; people belong to several.
    if (dimension === "team" || (await isMember(db, organizationId, id))) return true;
  }
  // Who left, and whatever a limited member may know of: what a report of the calls that they reach is by.
  const until = Math.floor(now / DAY) + 1;
  const span = { from: until - DAYS, until };
  return (await reportBy(db, dimension, { ...within, ...span, filter: { [FILTERED[dimension]]: id } })).length > 0;
}

async function isMember(db: Database, organizationId: string, userId: string): Promise<boolean> {
  const found = await db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)))
    .get();
  return found !== undefined;
}
