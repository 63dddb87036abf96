import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { readCallQuery } from "../../src/dashboard/calls/filter";
import { slaViolations } from "../../src/db/schema";
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
  mintTask,
  mintTeam,
  NOON,
  ONE_QUESTION,
  openDatabase,
} from "../factories";
import { apiClient } from "./api/client";
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

  it("by team lead to as many calls as each figure says, and to none of another organization", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id } = organization;
    const [campaign, operator] = [await mintCampaign(db, id), await mintOperator(db, id)];
    const teams = [await mintTeam(db, id, SCRIPT), await mintTeam(db, id, "Evening")];
    for (const [index, count] of [3, 2].entries())
      for (let made = 0; made < count; made += 1) {
        const call = await mintCall(db, id, { campaignId: campaign.id, operatorId: operator.id });
        await mintTask(db, call, "rec_1", { teamId: teams[index]!.id });
      }
    await mintTask(db, await mintCall(db, id, { campaignId: campaign.id }), "rec_1");
    await mintCall(db, id, { campaignId: campaign.id });
    await countDays(db, 1_000, countDayOfReports);
    const { page } = visit(organization);
    const followed = async (address: string) => {
      const links = (await page(address)).text.matchAll(/href="([^"]*calls\?[^"]*team=[^"]*)"[^>]*>\s*(\d+)\s*</g);
      const found: [string, number, number][] = [];
      for (const [, href = "", figure] of links) {
        const { text, trips } = await page(href.replaceAll("&amp;", "&"));
        expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
        expectHarmless(text);
        const listed = new Set([...text.matchAll(/\/dashboard\/calls\/(call_\w+)/g)].map(([, call]) => call));
        found.push([/team=(\w+)/.exec(href)?.[1] ?? "", Number(figure), listed.size]);
      }
      return found;
    };
    const wanted = [
      [teams[0]!.id, 3, 3],
      [teams[1]!.id, 2, 2],
    ];
    expect(await followed("/dashboard/reports?by=team")).toEqual(wanted);
    for (const by of ["campaign", "operator"])
      expect(await followed(`/dashboard/reports?by=${by}&team=${teams[1]!.id}`), by).toEqual([wanted[1]]);
    const api = apiClient();
    const list = async (key: string, query: string) => (await api.get(`/v1/calls?${query}`, { key })).body.data.length;
    expect(await list(organization.key, `team_id=${teams[0]!.id}`)).toBe(3);
    expect(await list(organization.key, `team_id=${teams[0]!.id}&operator_id=opr_none`)).toBe(0);
    const stranger = await mintOrganization(db);
    await mintCall(db, stranger.id);
    expect(await list(stranger.key, `team_id=${teams[0]!.id}`)).toBe(0);
    expect((await visit(stranger).page(`/dashboard/calls?team=${teams[1]!.id}`)).text).not.toContain("Evening");
    const dry = { action: "tag", tags: ["x"], filter: { team_id: teams[0]!.id }, dry_run: true };
    expect((await api.post("/v1/bulk", { key: organization.key, body: dry })).body.matched).toBe(3);
  });

  it("lead from what went wrong to the reviews and calls of it", async ({ expect }) => {
    const organization = await mintOrganization(db);
    const { id } = organization;
    const campaign = await mintCampaign(db, id);
    const card = await mintScorecard(db, id, { state: "published" });
    const { userId } = await mintMember(db, id);
    const reviewed = async (value: "yes" | "no", dueAt: number | null) => {
      const call = await mintCall(db, id, { campaignId: campaign.id, riskScore: value === "no" ? 80 : 95 });
      const answers = { name: { value, na: false, comment: "", at_seconds: null } };
      const done = { state: "completed" as const, submittedAt: NOON + 1000, completedAt: NOON + 2000 };
      const found = { campaignId: campaign.id, reviewerId: userId, answers, result: scoreOf(ONE_QUESTION, answers) };
      const review = await mintReview(db, call, card, { ...found, ...done, dueAt });
      return { call, review };
    };
    const [failed, late, plain] = [
      await reviewed("no", null),
      await reviewed("yes", NOON),
      await reviewed("yes", NOON + 5000),
    ];
    await db.insert(slaViolations).values({
      organizationId: id,
      policyId: "sla_1",
      objectId: plain.review.id,
      callId: plain.call.id,
      startedAt: NOON,
      dueAt: NOON,
      notedAt: NOON,
    });
    await countDays(db, 1_000, countDayOfReports);
    const { page } = visit(organization);
    /** What of these an address of the page leads to, which is in it as it is written there. */
    const leadsTo = async (by: string, part: string) => {
      const { text } = await page(`/dashboard/reports?by=${by}`);
      const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href?.replaceAll("&amp;", "&") ?? "");
      const link = links.find((one) => one.includes(part));
      if (link === undefined) return `no link with ${part}`;
      const answer = await page(link);
      expect(answer.trips).toBeLessThanOrEqual(MOST_TRIPS);
      const among = { failed, late, plain };
      return Object.keys(among).filter((name) => answer.text.includes(among[name as keyof typeof among].review.id));
    };
    expect(await leadsTo("criterion", "failed=name")).toEqual(["failed"]);
    for (const by of ["campaign", "reviewer", "team", "time"]) {
      expect(await leadsTo(by, "only=late"), by).toEqual(["late"]);
      expect(await leadsTo(by, "only=sla"), by).toEqual(["plain"]);
    }
    const ofCampaigns = (await page("/dashboard/reports?by=campaign")).text;
    expect(ofCampaigns).toMatch(/href="\/dashboard\/calls\?[^"]*risk=high&amp;below=90"/);
    expect(ofCampaigns).toMatch(/href="\/dashboard\/calls\?[^"]*risk=critical"/);
    const chosen = (await page(`/dashboard/reports/reviews?scorecard=${card.id}&failed=name`)).text;
    expect(chosen).toContain("Gives their name");
    const api = apiClient();
    const listed = async (query: string) =>
      (await api.get(`/v1/reviews?${query}`, { key: organization.key })).body.data.map((one: { id: string }) => one.id);
    expect(await listed("failed_criterion=name")).toEqual([failed.review.id]);
    expect(await listed("late=true")).toEqual([late.review.id]);
    expect((await listed("late=false")).toSorted()).toEqual([failed.review.id, plain.review.id].toSorted());
    expect(await listed("sla_broken=true")).toEqual([plain.review.id]);
    expect(await listed("failed_criterion=other")).toEqual([]);
    expect(readCallQuery(new URLSearchParams("below=90"))).toEqual({});
    expect(readCallQuery(new URLSearchParams("risk=high&below=90"))).toMatchObject({ risk: "high", below: "90" });
  });

  it(
    "look at no more than two thousand reviews for a page of those that failed",
    { timeout: 60_000 },
    async ({ expect }) => {
      const organization = await mintOrganization(db);
      const { id } = organization;
      await env.DB.prepare(
        `INSERT INTO reviews (organization_id, id, call_id, reviewer_id, state, scorecard_id, scorecard_version, result,
         assigned_by, assigned_at, completed_at, writer)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
       SELECT ?1, 'rev_' || printf('%05d', i), 'call_' || i, 'usr_1', 'completed', 'scd_1', 1,
         '{"criteria":[{"id":"name","percent":0,"failed":' || iif(i = 1, 'true', 'false') || '}]}', 'usr_1', ?2, ?2 + i, 'w'
       FROM n`,
      )
        .bind(id, NOON)
        .run();
      const { page } = visit(organization);
      const first = await page("/dashboard/reports/reviews?scorecard=scd_1&failed=name");
      expect(first.text).toContain("Searched back to");
      const [, next = ""] = /href="([^"]+after=[^"]+)"/.exec(first.text) ?? [];
      const second = (await page(next.replaceAll("&amp;", "&"))).text;
      expect(second).toContain("rev_00001");
      expect(second).not.toContain("Searched back to");
    },
  );

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
