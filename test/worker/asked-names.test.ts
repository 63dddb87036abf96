import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { memberships, users } from "../../src/db/schema";
import { reachOfCampaign } from "../../src/identity";
import { countDayOfReports } from "../../src/reports";
import { countDays } from "../../src/usage";
import {
  mintCall,
  mintCampaign,
  mintMember,
  mintOperator,
  mintOrganization,
  mintReview,
  mintScorecard,
  mintTask,
  mintTeam,
  NOON,
  openDatabase,
} from "../factories";
import { MOST_TRIPS, visit } from "./visiting";

const db = openDatabase(env.DB);
const FILTERS = ["campaign", "operator", "team", "reviewer"] as const;

async function person(organizationId: string, name: string) {
  const { userId } = await mintMember(db, organizationId, { role: "reviewer" });
  await db.update(users).set({ name }).where(eq(users.id, userId));
  return userId;
}

/** A campaign with a call of its own operator and team, and a review of it by its own reviewer; all have its name. */
async function side(organizationId: string, name: string) {
  const campaign = await mintCampaign(db, organizationId, `Campaign ${name}`);
  const operator = await mintOperator(db, organizationId, `Operator ${name}`);
  const team = await mintTeam(db, organizationId, `Team ${name}`);
  const reviewer = await person(organizationId, `Reviewer ${name}`);
  const place = { campaignId: campaign.id, operatorId: operator.id };
  const call = await mintCall(db, organizationId, place);
  await mintTask(db, call, `rec_${name}`, { campaignId: campaign.id, teamId: team.id });
  const card = await mintScorecard(db, organizationId, { state: "published", campaigns: [campaign.id] });
  const done = { state: "completed", submittedAt: NOON, completedAt: NOON } as const;
  await mintReview(db, call, card, { ...place, ...done, reviewerId: reviewer });
  return { campaign: campaign.id, operator: operator.id, team: team.id, reviewer, card: card.id };
}

it("an address names what its reader may know of, and nothing beyond their reach or of another organization", async () => {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const [own, beyond] = [await side(id, "Own"), await side(id, "Beyond")];
  const idle = await person(id, "Reviewer Idle");
  const foreign = await side((await mintOrganization(db)).id, "Foreign");
  await db.delete(memberships).where(eq(memberships.userId, beyond.reviewer));
  await countDays(db, 1_000, countDayOfReports);
  const named = async (who: Parameters<typeof visit>[1], ids: Record<(typeof FILTERS)[number], string>) => {
    const { page } = visit(organization, who);
    const found = new Set<string>();
    for (const list of ["calls", "reports"])
      for (const filter of FILTERS) {
        // The menu of filters has names of its own: the chip alone answers for the address.
        const { text, trips } = await page(`/dashboard/${list}?${filter}=${ids[filter]}`);
        expect(trips, `${list} ${filter}`).toBeLessThanOrEqual(MOST_TRIPS);
        const chips = [...text.matchAll(/<span class="chip">[^<]*<b>([^<]*)<\/b>/g)].map(([, value]) => value).join();
        if (/(?:Campaign|Operator|Team|Reviewer) (?:Own|Beyond|Foreign|Idle)/.test(chips))
          found.add(`${list} ${filter}`);
      }
    return [...found];
  };
  const all = ["calls", "reports"].flatMap((list) => FILTERS.map((filter) => `${list} ${filter}`));
  const limited = { role: "supervisor", reach: reachOfCampaign(own.campaign) } as const;
  expect(await named({}, own)).toEqual(all);
  // Who left is named still where their reviews are.
  expect(await named({}, beyond)).toEqual(all);
  expect(await named({}, { ...own, reviewer: idle })).toEqual(all);
  expect(await named({}, foreign)).toEqual([]);
  expect(await named(limited, own)).toEqual(all);
  expect(await named(limited, beyond)).toEqual([]);
  expect(await named(limited, { ...beyond, reviewer: idle })).toEqual([]);
});

it("no address tells what a scorecard beyond the reach asks", async () => {
  const organization = await mintOrganization(db);
  const [own, beyond] = [await side(organization.id, "Own"), await side(organization.id, "Beyond")];
  const { page } = visit(organization, { role: "supervisor", reach: reachOfCampaign(own.campaign) });
  const textOf = async (card: string) =>
    (await page(`/dashboard/reports/reviews?by=criterion&scorecard=${card}&failed=name`)).text;
  const asks = "Gives their name";
  expect([(await textOf(own.card)).includes(asks), (await textOf(beyond.card)).includes(asks)]).toEqual([true, false]);
});
