import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { scoreOf } from "../../src/quality";
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
  NOON,
  ONE_QUESTION,
  openDatabase,
} from "../factories";
import { expectHarmless, MOST_TRIPS, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);
const SPANISH = { cookie: "trunkline_language=es" };
const BY = ["time", "campaign", "operator", "team", "reviewer", "criterion"];

async function mintReported() {
  const organization = await mintOrganization(db);
  const { id } = organization;
  const [one, other] = [await mintCampaign(db, id, SCRIPT), await mintCampaign(db, id, "Secret sales")];
  const operator = await mintOperator(db, id, SCRIPT);
  const card = await mintScorecard(db, id, { state: "published", name: SCRIPT });
  const { userId } = await mintMember(db, id);
  const ofOne = { campaignId: one.id, operatorId: operator.id };
  const call = await mintCall(db, id, { ...ofOne, durationSeconds: 60, direction: "inbound" });
  await mintCall(db, id, { campaignId: other.id, durationSeconds: 30 });
  const answers = { name: { value: "no", na: false, comment: "", at_seconds: null } };
  const review = await mintReview(db, call, card, {
    ...ofOne,
    reviewerId: userId,
    state: "completed",
    answers,
    result: scoreOf(ONE_QUESTION, answers),
    score: 0,
    passed: false,
    submittedAt: NOON + 1000,
    completedAt: NOON + 2000,
  });
  await countDays(db, 1_000, countDayOfReports);
  return { organization, one, other, operator, review, userId };
}

describe("the pages of reports", () => {
  it("show calls and reviews by each kind, lead to what they count, and are asked in few round trips", async ({
    expect,
  }) => {
    const { organization, one, operator, review, userId } = await mintReported();
    const { page } = visit(organization);
    for (const by of BY) {
      const { status, text, trips } = await page(`/dashboard/reports?by=${by}`);
      expect([by, status]).toEqual([by, 200]);
      expect(trips, by).toBeLessThanOrEqual(MOST_TRIPS);
      expectHarmless(text);
      const spanish = await page(`/dashboard/reports?by=${by}`, SPANISH);
      expect(spanish.text, by).not.toMatch(
        />\s*(Reports|Calls|Reviews|Average score|Criterion|Over time|Turnaround)\s*</,
      );
    }
    const ofCampaigns = (await page("/dashboard/reports?by=campaign")).text;
    expect(ofCampaigns).toMatch(
      new RegExp(`/dashboard/calls\\?from=2026-07-22&amp;to=2026-08-20&amp;campaign=${one.id}`),
    );
    expect((await page("/dashboard/reports?by=operator")).text).toContain(`operator=${operator.id}`);
    const behind = await page(`/dashboard/reports/reviews?reviewer=${userId}&by=reviewer`);
    expect(behind.text).toContain(`/dashboard/reviews/${review.id}`);
    expect(behind.trips).toBeLessThanOrEqual(MOST_TRIPS);
    expectHarmless(behind.text);
    expect((await page("/dashboard/reports/reviews?team=none")).text).toContain(review.id);
    expect((await page("/dashboard/reports/reviews?team=tem_1")).text).not.toContain(review.id);
  });

  it("of somebody limited to a campaign say nothing of another; whoever may not read them is told so", async ({
    expect,
  }) => {
    const { organization, one, other, review } = await mintReported();
    const limited = visit(organization, { role: "supervisor", reach: { campaigns: [one.id], operators: null } });
    for (const by of BY) {
      const { text } = await limited.page(`/dashboard/reports?by=${by}`);
      expect(text).not.toMatch(new RegExp(`${other.id}|Secret`));
    }
    const others = visit(organization, { role: "supervisor", reach: { campaigns: [other.id], operators: null } });
    expect((await others.page("/dashboard/reports/reviews")).text).not.toContain(review.id);
    expect((await others.page(`/dashboard/reports.csv?by=campaign`)).text).not.toContain(one.id);
    const developer = visit(organization, { role: "developer" });
    for (const path of ["/dashboard/reports", "/dashboard/reports.csv", "/dashboard/reports/reviews"])
      expect((await developer.page(path)).status).toBe(403);
    const stranger = await mintOrganization(db);
    expect((await visit(stranger).page("/dashboard/reports?by=campaign")).text).toContain("Nothing to report yet");
  });

  it("have fifty rows at a time, and the sheet has all", async ({ expect }) => {
    const organization = await mintOrganization(db);
    for (let at = 0; at < 60; at += 1) {
      const operator = await mintOperator(db, organization.id, `Operator ${at}`);
      await mintCall(db, organization.id, { operatorId: operator.id });
    }
    await countDays(db, 1_000, countDayOfReports);
    const { page } = visit(organization);
    const named = (text: string) => new Set(text.match(/Operator \d+/g));
    const first = await page("/dashboard/reports?by=operator");
    expect([named(first.text).size, first.trips <= MOST_TRIPS]).toEqual([50, true]);
    expect(first.text).toContain("1 to 50 of 60");
    expect(first.text).toContain('href="/dashboard/reports?by=operator&amp;page=2"');
    const second = await page("/dashboard/reports?by=operator&page=2", SPANISH);
    expect(second.text).toContain("51 a 60 de 60");
    expect(second.text).not.toContain("page=3");
    expect(new Set([...named(first.text), ...named(second.text)]).size).toBe(60);
    expect(named((await page("/dashboard/reports.csv?by=operator&page=2")).text).size).toBe(60);
  });

  it("leave as a sheet, after its person has proved who they are", async ({ expect }) => {
    const { organization, one } = await mintReported();
    const sheet = await visit(organization).page("/dashboard/reports.csv?by=campaign", SPANISH);
    expect(sheet.text).toContain("Id,Nombre,Llamadas,");
    expect(sheet.text).toContain(`\r\n${one.id},`);
    const unproved = await visit(organization, { confirmed: false }).page("/dashboard/reports.csv?by=campaign");
    expect(unproved.text).not.toContain(one.id);
  });
});
