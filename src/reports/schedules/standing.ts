import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../../db/client";
import { campaigns, memberships, users, type ScheduledReach, type ScheduledReport } from "../../db/schema";
import { valueList } from "../../db/value-list";
import { isWithin, may, permissionsOf, rightsOfActor, ROLES, type Actor, type RoleName } from "../../identity";

/** Why a schedule was paused by itself. */
export const PAUSED_BECAUSE = ["owner_gone", "owner_may_not", "owner_reaches_less", "campaign_gone"] as const;
export type PausedBecause = (typeof PAUSED_BECAUSE)[number];

type Owned = {
  organizationId: string;
  owner: { kind: string; id: string };
  reach: ScheduledReach;
  report: ScheduledReport;
};

/**
 * Why a report may not be sent, or read by its link, with its owner's rights; undefined where it may. What its owner reached
 * when they said what is sent they have to reach still.
 */
export async function reasonToPause(
  db: Database,
  { organizationId, owner, reach, report }: Owned,
  now: number,
): Promise<PausedBecause | undefined> {
  // Anybody else is no owner: a token is over within the hour.
  if (owner.kind !== "user" && owner.kind !== "apiKey") return "owner_gone";
  const rights = await rightsOfActor(db, { organizationId, actor: owner as Actor }, now);
  if (!rights) return "owner_gone";
  if (!may(rights, "reports:write") || !may(rights, "reports:read")) return "owner_may_not";
  if (!isWithin(reach, rights.reach)) return "owner_reaches_less";
  if (report.campaign_id === undefined) return undefined;
  const campaign = await db
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.organizationId, organizationId), eq(campaigns.id, report.campaign_id)))
    .get();
  return campaign ? undefined : "campaign_gone";
}

export type Recipient = { id: string; name: string; email: string; language: string | null };

/** Those of these people who are members and may read reports; all that are where no ids are given. */
export async function recipientsAmong(
  db: Database,
  organizationId: string,
  ids?: readonly string[],
): Promise<Recipient[]> {
  const rows = await db
    .select({
      id: memberships.userId,
      role: memberships.role,
      name: users.name,
      email: users.email,
      language: users.locale,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, organizationId),
        isNull(memberships.disabledAt),
        ids && inArray(memberships.userId, valueList(ids)),
      ),
    )
    .limit(MOST_OFFERED);
  return rows
    .filter(({ role }) => mayRead(role))
    .map(({ id, name, email, language }) => ({ id, name, email, language }));
}

/** People that a form offers. */
const MOST_OFFERED = 500;

function mayRead(role: string): boolean {
  if (!Object.hasOwn(ROLES, role)) return false;
  const { scopes } = ROLES[role as RoleName];
  return scopes === null || permissionsOf(scopes).includes("reports:read");
}
